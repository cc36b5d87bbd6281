package dev.isthmus.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class GuestMemoryLeaseTest {
    private final GuestMemoryLease lease = new GuestMemoryLease(GuestMemory.EMPTY);
    private final AtomicInteger released = new AtomicInteger();

    @Test
    void isReleasedAtOnceWhenNothingIsInFlight() {
        lease.retire(released::incrementAndGet);
        assertThat(released).hasValue(1);
    }

    @Test
    void isReleasedByTheLastRequestAndOnce() {
        lease.acquire();
        lease.acquire();
        lease.retire(released::incrementAndGet);
        lease.release();
        assertThat(released).hasValue(0);
        lease.release();
        assertThat(released).hasValue(1);
    }

    @Test
    void isNotReleasedWhileItIsInUse() {
        lease.acquire();
        lease.release();
        assertThat(released).hasValue(0);
        lease.retire(released::incrementAndGet);
        assertThat(released).hasValue(1);
    }
}
