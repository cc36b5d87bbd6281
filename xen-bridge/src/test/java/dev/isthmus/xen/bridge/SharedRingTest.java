package dev.isthmus.xen.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.linux.HostMemory;
import java.lang.foreign.Arena;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Indexes and notification, at offsets of {@code public/io/ring.h}. */
class SharedRingTest {
    private final Arena arena = Arena.ofShared();
    private final long page = arena.allocate(4096, 4096).address();

    @AfterEach
    void free() {
        arena.close();
    }

    private SharedRing at(int consumer, int responses) {
        SharedRing ring = new SharedRing(page, 1, 112);
        ring.begin(consumer, responses);
        return ring;
    }

    @ParameterizedTest
    @CsvSource({"1, 112, 32", "1, 12, 256", "1, 8, 256", "4, 112, 128"})
    void hasAsManyEntriesAsFitAndArePowersOfTwo(int pages, int entryBytes, int entries) {
        assertThat(SharedRing.entries(pages, entryBytes)).isEqualTo(entries);
    }

    @Test
    void indexesWrapAround() {
        for (int consumed : new int[] {0, 31, Integer.MAX_VALUE, -1, -20, Integer.MIN_VALUE}) {
            for (int inFlight = 0; inFlight <= 32; inFlight++) {
                SharedRing ring = at(consumed, consumed - inFlight);
                for (int more = -40; more <= 40; more++) {
                    HostMemory.putU32(page, consumed + more);
                    boolean right = more >= 0 && more + inFlight <= 32;
                    assertThat(ring.pending()).isEqualTo(right ? more : SharedRing.BROKEN);
                }
            }
        }
    }

    /** "Notify if the event index was passed": old < event <= new, in words of ring.h: req_event is the next wanted. */
    @Test
    void notifiesWhenTheWishIsPassed() {
        for (int old = -70; old < 70; old++) {
            for (int count = 1; count <= 32; count++) {
                for (int wish = old - 40; wish <= old + 80; wish++) {
                    boolean passed = wish - old > 0 && wish - old <= count;
                    assertThat(SharedRing.needEvent(wish, old + count, old)).isEqualTo(passed);
                }
            }
        }
    }

    @Test
    void publishesResponsesAndNotifiesIfThatIsWanted() {
        SharedRing ring = at(5, 0);
        HostMemory.putU32(page + 12, 2);
        assertThat(ring.responseEntry()).isEqualTo(page + 64);
        ring.respond();
        assertThat(HostMemory.u32(page + 8)).isZero();
        assertThat(ring.publish()).isFalse();
        assertThat(HostMemory.u32(page + 8)).isEqualTo(1);
        assertThat(ring.responseEntry()).isEqualTo(page + 64 + 112);
        ring.respond();
        assertThat(ring.publish()).isTrue();
        ring.askForEvent();
        assertThat(HostMemory.u32(page + 4)).isEqualTo(6);
    }

    @Test
    void asksForMoreThanThereIs() {
        SharedRing ring = at(5, 0);
        HostMemory.putU32(page, 9);
        assertThat(ring.pending()).isEqualTo(4);
        assertThat(ring.askForMore()).isFalse();
        assertThat(HostMemory.u32(page + 4)).isEqualTo(10);
        HostMemory.putU32(page, 10);
        assertThat(ring.askForMore()).isTrue();
        assertThat(HostMemory.u32(page + 4)).isEqualTo(10);
    }
}
