package dev.isthmus.memory;

import dev.isthmus.linux.OwnedFd;
import dev.isthmus.memory.MemoryException.Rule;
import java.util.ArrayList;
import java.util.List;

/**
 * The memory regions of one front-end. Owned by the session's thread.
 *
 * <p>A change is two steps, because workers may still use what goes away: {@link #replace}, {@link #add} and {@link
 * #remove} map and change the table, {@link #current} is what to publish to the workers, and {@link #unmapRetired} is
 * called when they have let go of the old one.
 */
public final class MemoryTable implements AutoCloseable {
    private final boolean anyFile;
    private final List<MappedRegion> retired = new ArrayList<>();
    private List<MappedRegion> regions = List.of();

    /** @param anyFile whether regions may be files other than memfd, tmpfs and hugetlbfs */
    public MemoryTable(boolean anyFile) {
        this.anyFile = anyFile;
    }

    /**
     * SET_MEM_TABLE: these regions and no others. The table is unchanged if this throws. The descriptors stay the
     * caller's.
     */
    public void replace(List<MemoryRegionDescription> descriptions, List<OwnedFd> fds) throws MemoryException {
        List<MappedRegion> mapped = new ArrayList<>();
        try {
            for (int i = 0; i < descriptions.size(); i++) {
                check(descriptions.get(i), mapped);
                mapped.add(MappedRegion.map(descriptions.get(i), fds.get(i), anyFile));
            }
        } catch (MemoryException e) {
            mapped.forEach(MappedRegion::close);
            throw e;
        }
        retired.addAll(regions);
        regions = List.copyOf(mapped);
    }

    /** ADD_MEM_REG. The descriptor stays the caller's. */
    public void add(MemoryRegionDescription description, OwnedFd fd) throws MemoryException {
        if (regions.size() == Limits.REGIONS_MAX) {
            throw new MemoryException(Rule.TOO_MANY, "more than " + Limits.REGIONS_MAX + " memory regions");
        }
        check(description, regions);
        List<MappedRegion> more = new ArrayList<>(regions);
        more.add(MappedRegion.map(description, fd, anyFile));
        regions = List.copyOf(more);
    }

    /**
     * REM_MEM_REG: guest address, user address and size name the region; its mmap offset is ignored, since QEMU sends
     * zero.
     */
    public void remove(MemoryRegionDescription description) throws MemoryException {
        MappedRegion found = regions.stream().filter(r -> same(r.description(), description)).findFirst()
                .orElseThrow(() -> new MemoryException(Rule.UNKNOWN_REGION, "no memory region of "
                        + description.sizeBytes() + " bytes at guest address " + MappedRegion.hex(description
                                .guestAddress())
                        + " and user address " + MappedRegion.hex(description.userAddress())));
        regions = regions.stream().filter(r -> r != found).toList();
        retired.add(found);
    }

    /** The table as it is now, for the workers. */
    public GuestMemory current() {
        return GuestMemory.of(regions);
    }

    /** Whether something waits to be unmapped. */
    public boolean hasRetired() {
        return !retired.isEmpty();
    }

    /**
     * Unmaps what {@link #replace} and {@link #remove} took out. No worker and no request may hold an address in it any
     * more.
     */
    public void unmapRetired() {
        retired.forEach(MappedRegion::close);
        retired.clear();
    }

    private static boolean same(MemoryRegionDescription a, MemoryRegionDescription b) {
        return a.guestAddress() == b.guestAddress() && a.userAddress() == b.userAddress()
                && a.sizeBytes() == b.sizeBytes();
    }

    private static void check(MemoryRegionDescription region, List<MappedRegion> others) throws MemoryException {
        if (region.sizeBytes() == 0) {
            throw new MemoryException(Rule.SIZE_ZERO, "memory region of zero bytes at guest address "
                    + MappedRegion.hex(region.guestAddress()));
        }
        boolean overflows = overflows(region.guestAddress(), region.sizeBytes())
                || overflows(region.userAddress(), region.sizeBytes())
                || overflows(region.mmapOffset(), region.sizeBytes());
        if (region.sizeBytes() < 0 || overflows) {
            throw new MemoryException(Rule.ADDRESS_OVERFLOW, "memory region passes the end of the address space: "
                    + region);
        }
        for (MappedRegion other : others) {
            MemoryRegionDescription o = other.description();
            boolean overlap = overlap(region.guestAddress(), region.sizeBytes(), o.guestAddress(), o.sizeBytes())
                    || overlap(region.userAddress(), region.sizeBytes(), o.userAddress(), o.sizeBytes());
            if (overlap) {
                throw new MemoryException(Rule.OVERLAP, "memory regions overlap: " + region + " and " + o);
            }
        }
    }

    /** Whether the last byte lies beyond 2^64 - 1. */
    private static boolean overflows(long start, long size) {
        return Long.compareUnsigned(start, -size) > 0;
    }

    private static boolean overlap(long a, long aSize, long b, long bSize) {
        return Long.compareUnsigned(a, b) <= 0
                ? Long.compareUnsigned(b - a, aSize) < 0
                : Long.compareUnsigned(a - b, bSize) < 0;
    }

    /** Unmaps everything. */
    @Override
    public void close() {
        retired.addAll(regions);
        regions = List.of();
        unmapRetired();
    }
}
