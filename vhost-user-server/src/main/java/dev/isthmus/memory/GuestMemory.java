package dev.isthmus.memory;

import java.util.Comparator;
import java.util.List;

/**
 * Address translation: a snapshot of the memory table, immutable, shared by all workers of a connection.
 *
 * <p>This is the only gate between an address a guest wrote and an address this process uses. Nothing here allocates,
 * and nothing trusts its argument. All addresses and lengths are unsigned; a host address of 0 means "not mapped".
 */
public final class GuestMemory {
    /** No region at all. */
    public static final GuestMemory EMPTY = of(List.of());

    public static final long NOT_MAPPED = 0;

    /** Sorted by guest address, parallel arrays: a lookup touches one cache line of each. */
    private final long[] guestAddress;

    private final long[] size;
    private final long[] userAddress;
    private final long[] hostAddress;

    private GuestMemory(int regions) {
        guestAddress = new long[regions];
        size = new long[regions];
        userAddress = new long[regions];
        hostAddress = new long[regions];
    }

    static GuestMemory of(List<MappedRegion> regions) {
        List<MappedRegion> sorted = regions.stream()
                .sorted(Comparator.comparingLong(
                        r -> r.description().guestAddress() + Long.MIN_VALUE)) // unsigned order
                .toList();
        GuestMemory memory = new GuestMemory(sorted.size());
        for (int i = 0; i < sorted.size(); i++) {
            MappedRegion region = sorted.get(i);
            memory.guestAddress[i] = region.description().guestAddress();
            memory.size[i] = region.description().sizeBytes();
            memory.userAddress[i] = region.description().userAddress();
            memory.hostAddress[i] = region.hostAddress();
        }
        return memory;
    }

    public int regionCount() {
        return size.length;
    }

    /** The region that holds a guest address, or -1. */
    public int regionOf(long guest) {
        int low = 0;
        int high = size.length - 1;
        while (low <= high) { // at most log2(REGIONS_MAX) + 1 rounds
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(guest, guestAddress[middle]) < 0) {
                high = middle - 1;
            } else if (Long.compareUnsigned(guest - guestAddress[middle], size[middle]) < 0) {
                return middle;
            } else {
                low = middle + 1;
            }
        }
        return -1;
    }

    /** Whether {@code region}, perhaps a remembered one, holds a guest address. */
    public boolean holds(int region, long guest) {
        return region >= 0 && region < size.length
                && Long.compareUnsigned(guest - guestAddress[region], size[region]) < 0;
    }

    /** Host address of a guest address that {@code region} holds. */
    public long hostAddressIn(int region, long guest) {
        assert holds(region, guest);
        return hostAddress[region] + (guest - guestAddress[region]);
    }

    /** Bytes from a guest address that {@code region} holds to the end of the region: at least one. */
    public long contiguous(int region, long guest) {
        assert holds(region, guest);
        return size[region] - (guest - guestAddress[region]);
    }

    /** Host address of {@code length} bytes that lie in one region; {@link #NOT_MAPPED} if they do not. */
    public long hostAddress(long guest, long length) {
        int region = regionOf(guest);
        if (region < 0 || Long.compareUnsigned(length, contiguous(region, guest)) > 0) {
            return NOT_MAPPED;
        }
        return hostAddressIn(region, guest);
    }

    /**
     * Host address of {@code length} bytes at a user address that lie in one region; {@link #NOT_MAPPED} if they do
     * not.
     */
    public long hostAddressOfUser(long user, long length) {
        for (int i = 0; i < size.length; i++) {
            long offset = user - userAddress[i];
            if (Long.compareUnsigned(offset, size[i]) < 0) {
                return Long.compareUnsigned(length, size[i] - offset) <= 0 ? hostAddress[i] + offset : NOT_MAPPED;
            }
        }
        return NOT_MAPPED;
    }
}
