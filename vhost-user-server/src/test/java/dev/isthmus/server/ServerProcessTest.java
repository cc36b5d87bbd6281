package dev.isthmus.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ServerProcessTest {
    @Test
    void endsWellWhenEverythingDid() {
        var closed = new AtomicInteger();
        var process = new ServerProcess();
        process.companion(closed::incrementAndGet);
        process.companion(closed::incrementAndGet);

        assertThat(process.end()).isZero();
        assertThat(closed).hasValue(2);
    }

    @Test
    void endsWithStatusOneWhenSomethingDidNotEndWell() {
        var closed = new AtomicInteger();
        var process = new ServerProcess();
        process.companion(() -> {
            throw new IOException("no");
        });
        process.companion(closed::incrementAndGet);

        assertThat(process.end()).isEqualTo(1);
        assertThat(closed).as("the others are closed all the same").hasValue(1);
    }

    @Test
    void processWithoutDevicesHasNothingToWaitFor() {
        new ServerProcess().awaitEnd();
    }

    @Test
    void truncatedGuestMemoryIsNoFailureOfOurs() {
        var counters = new DeviceCounters(1);

        counters.countWorkerFailure(new InternalError("a fault occurred in an unsafe memory access operation"));
        assertThat(counters.lostMemory()).isEqualTo(1);
        assertThat(counters.failures()).isZero();

        counters.countWorkerFailure(new IllegalStateException());
        assertThat(counters.failures()).isEqualTo(1);
    }
}
