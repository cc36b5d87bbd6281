package dev.isthmus.xen.blkif;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.linux.HostMemory;
import java.lang.foreign.Arena;
import java.util.Optional;
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
        SharedRing ring = new SharedRing(page, 1, BlkifProtocol.X86_64.layout());
        ring.begin(consumer, responses);
        return ring;
    }

    @ParameterizedTest
    @CsvSource({"1, 32, 32", "2, 64, 64", "4, 128, 128", "8, 256, 256", "16, 512, 512"})
    void hasAsManyEntriesAsFitAndArePowersOfTwo(int pages, int narrow, int wide) {
        assertThat(SharedRing.entries(pages, BlkifProtocol.X86_32.layout())).isEqualTo(narrow);
        assertThat(SharedRing.entries(pages, BlkifProtocol.X86_64.layout())).isEqualTo(wide);
    }

    @Test
    void protocolsAreKnownByTheirNames() {
        assertThat(BlkifProtocol.named("x86_32-abi")).contains(BlkifProtocol.X86_32);
        assertThat(BlkifProtocol.named("x86_64-abi")).contains(BlkifProtocol.X86_64);
        assertThat(BlkifProtocol.named("arm-abi")).contains(BlkifProtocol.NATIVE);
        assertThat(BlkifProtocol.named("sparc-abi")).isEqualTo(Optional.empty());
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
    void writesResponsesWhereTheGuestLooks() {
        SharedRing ring = at(5, 0);
        HostMemory.putU32(page + 12, 2);
        ring.putResponse(0x1122334455667788L, 3, -2);
        assertThat(HostMemory.u32(page + 8)).isZero();
        assertThat(ring.publish()).isFalse();
        assertThat(HostMemory.u32(page + 8)).isEqualTo(1);
        assertThat(HostMemory.u64(page + 64)).isEqualTo(0x1122334455667788L);
        assertThat(HostMemory.u8(page + 72)).isEqualTo(3);
        assertThat(HostMemory.u16(page + 74)).isEqualTo(0xfffe);
        ring.putResponse(1, 0, 0);
        assertThat(ring.publish()).isTrue();
        assertThat(HostMemory.u64(page + 64 + 112)).isEqualTo(1);
        ring.askForEvent();
        assertThat(HostMemory.u32(page + 4)).isEqualTo(6);
    }
}
