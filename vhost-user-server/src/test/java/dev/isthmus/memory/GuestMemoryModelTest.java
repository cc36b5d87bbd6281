package dev.isthmus.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.linux.MemFd;
import dev.isthmus.linux.OwnedFd;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Address translation beside an oracle in whole numbers, at all edges and their neighbours. */
class GuestMemoryModelTest {
    private static final BigInteger TWO_64 = BigInteger.ONE.shiftLeft(64);
    private static final int PAGE = 4096;

    /** With gaps and without, at both ends of the address space, and user addresses in another order. */
    private static final List<MemoryRegionDescription> REGIONS = List.of(
            new MemoryRegionDescription(0x8000, PAGE, 0x7000_0000, 0),
            new MemoryRegionDescription(0, PAGE, 0x7000_2000, 16),
            new MemoryRegionDescription(0x9000, 1, -PAGE, 0),
            new MemoryRegionDescription(-PAGE, PAGE, 0, 0),
            new MemoryRegionDescription(0x9001, 3 * PAGE, 0x7000_3000, PAGE),
            new MemoryRegionDescription(Long.MAX_VALUE - 99, 200, Long.MIN_VALUE - 50, 0),
            new MemoryRegionDescription(0x4_0000_0000L, 2 * PAGE, 0x5000, 8));

    @Test
    void everyEdgeIsTranslatedAsWholeNumbersSay() throws IOException, MemoryException {
        try (OwnedFd file = MemFd.create("model", 16L * PAGE); MemoryTable table = new MemoryTable(false)) {
            table.replace(REGIONS, REGIONS.stream().map(r -> file).toList());
            GuestMemory memory = table.current();
            assertThat(memory.regionCount()).isEqualTo(REGIONS.size());
            List<Long> edges = edges();
            List<Long> lengths = List.of(0L, 1L, 2L, 199L, 200L, 201L, PAGE - 1L, (long) PAGE, PAGE + 1L, 2L * PAGE,
                    3L * PAGE, 3L * PAGE + 1, 1L << 32, Long.MAX_VALUE, Long.MIN_VALUE, -1L, -(long) PAGE);
            int wrong = 0;
            for (long address : edges) {
                wrong += isFoundWrong(memory, address) ? 1 : 0;
                for (long length : lengths) {
                    wrong += isTranslatedWrong(memory, address, length) ? 1 : 0;
                }
            }
            assertThat(wrong).isZero();
        }
    }

    private static List<Long> edges() {
        var edges = new TreeSet<Long>();
        for (MemoryRegionDescription r : REGIONS) {
            for (long start : new long[] {r.guestAddress(), r.userAddress()}) {
                for (int near = -2; near <= 2; near++) {
                    edges.add(start + near);
                    edges.add(start + r.sizeBytes() + near);
                    edges.add(start + r.sizeBytes() / 2 + near);
                }
            }
        }
        edges.addAll(List.of(0L, -1L, Long.MAX_VALUE, Long.MIN_VALUE));
        return new ArrayList<>(edges);
    }

    private static boolean isFoundWrong(GuestMemory memory, long address) {
        MemoryRegionDescription expected = REGIONS.stream()
                .filter(r -> holds(r.guestAddress(), r.sizeBytes(), address, 1)).findFirst().orElse(null);
        int found = memory.regionOf(address);
        for (int region = -1; region <= REGIONS.size(); region++) {
            if (memory.holds(region, address) != (found >= 0 && region == found)) {
                return true;
            }
        }
        if (expected == null || found < 0) {
            return expected != null || found >= 0;
        }
        BigInteger rest = whole(expected.guestAddress()).add(whole(expected.sizeBytes())).subtract(whole(address));
        return memory.contiguous(found, address) != rest.longValueExact();
    }

    private static boolean isTranslatedWrong(GuestMemory memory, long address, long length) {
        long guest = GuestMemory.NOT_MAPPED;
        long user = GuestMemory.NOT_MAPPED;
        for (MemoryRegionDescription r : REGIONS) {
            long host = memory.hostAddressIn(memory.regionOf(r.guestAddress()), r.guestAddress());
            if (holds(r.guestAddress(), r.sizeBytes(), address, length)) {
                guest = host + (address - r.guestAddress());
            }
            if (holds(r.userAddress(), r.sizeBytes(), address, length)) {
                user = host + (address - r.userAddress());
            }
        }
        return memory.hostAddress(address, length) != guest || memory.hostAddressOfUser(address, length) != user;
    }

    /** Whether the first byte and all others lie inside; of no bytes, the place must. */
    private static boolean holds(long start, long size, long address, long length) {
        BigInteger first = whole(address);
        BigInteger end = whole(start).add(whole(size));
        return first.compareTo(whole(start)) >= 0 && first.compareTo(end) < 0
                && first.add(whole(length)).compareTo(end) <= 0;
    }

    private static BigInteger whole(long unsigned) {
        return BigInteger.valueOf(unsigned).mod(TWO_64);
    }
}
