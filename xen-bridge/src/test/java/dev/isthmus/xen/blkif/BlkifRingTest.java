package dev.isthmus.xen.blkif;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.linux.HostMemory;
import dev.isthmus.xen.bridge.SharedRing;
import java.lang.foreign.Arena;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Entries of a block ring, at offsets of {@code public/io/blkif.h}. */
class BlkifRingTest {
    private final Arena arena = Arena.ofShared();
    private final long page = arena.allocate(4096, 4096).address();

    @AfterEach
    void free() {
        arena.close();
    }

    @ParameterizedTest
    @CsvSource({"1, 32, 32", "2, 64, 64", "4, 128, 128", "8, 256, 256", "16, 512, 512"})
    void hasAsManyEntriesAsFitAndArePowersOfTwo(int pages, int narrow, int wide) {
        assertThat(SharedRing.entries(pages, BlkifProtocol.X86_32.layout().entryBytes)).isEqualTo(narrow);
        assertThat(SharedRing.entries(pages, BlkifProtocol.X86_64.layout().entryBytes)).isEqualTo(wide);
    }

    @Test
    void protocolsAreKnownByTheirNames() {
        assertThat(BlkifProtocol.named("x86_32-abi")).contains(BlkifProtocol.X86_32);
        assertThat(BlkifProtocol.named("x86_64-abi")).contains(BlkifProtocol.X86_64);
        assertThat(BlkifProtocol.named("arm-abi")).contains(BlkifProtocol.NATIVE);
        assertThat(BlkifProtocol.named("sparc-abi")).isEqualTo(Optional.empty());
    }

    @Test
    void writesResponsesWhereTheGuestLooks() {
        RequestLayout.putResponse(page, 0x1122334455667788L, 3, -2);
        assertThat(HostMemory.u64(page)).isEqualTo(0x1122334455667788L);
        assertThat(HostMemory.u8(page + 8)).isEqualTo(3);
        assertThat(HostMemory.u16(page + 10)).isEqualTo(0xfffe);
    }
}
