package dev.isthmus.memory;

import dev.isthmus.linux.FileStatus;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.Mapping;
import dev.isthmus.linux.OwnedFd;
import dev.isthmus.memory.MemoryException.Rule;

/**
 * A region with its mapping. The session's thread makes and closes it.
 *
 * <pre>
 *   file      0 ........ mapped from ........ mmap offset ................... mmap offset + size ... end
 *                        (multiple of a page) |<------------ region ------------>|
 *   host                 mapping.address()    hostAddress
 * </pre>
 */
final class MappedRegion implements AutoCloseable {
    private final MemoryRegionDescription description;
    private final Mapping mapping;
    private final long hostAddress;

    private MappedRegion(MemoryRegionDescription description, Mapping mapping, long hostAddress) {
        this.description = description;
        this.mapping = mapping;
        this.hostAddress = hostAddress;
    }

    /**
     * Maps a region whose description has been checked; {@code fd} stays the caller's.
     *
     * @param anyFile whether files other than memfd, tmpfs and hugetlbfs are taken
     */
    static MappedRegion map(MemoryRegionDescription region, OwnedFd fd, boolean anyFile) throws MemoryException {
        try {
            FileStatus status = FileStatus.of(fd);
            if (!anyFile && !status.isSharedMemory()) {
                throw new MemoryException(Rule.NOT_SHARED_MEMORY, "memory region at guest address " + hex(region
                        .guestAddress())
                        + " is not a memfd, tmpfs or hugetlbfs file: start QEMU with share=on"
                        + " (-object memory-backend-memfd,share=on)");
            }
            if (Long.compareUnsigned(region.mmapOffset(), status.sizeBytes()) > 0
                    || Long.compareUnsigned(region.sizeBytes(), status.sizeBytes() - region.mmapOffset()) > 0) {
                throw new MemoryException(Rule.LARGER_THAN_FILE, "memory region of " + region.sizeBytes()
                        + " bytes at offset "
                        + region.mmapOffset() + " is larger than its file of " + status.sizeBytes() + " bytes");
            }
            long page = status.pageBytes();
            long from = region.mmapOffset() / page * page;
            long lead = region.mmapOffset() - from;
            long length = (lead + region.sizeBytes() + page - 1) / page * page;
            Mapping mapping = Mapping.shared(fd, from, length);
            return new MappedRegion(region, mapping, mapping.address() + lead);
        } catch (LinuxException e) {
            throw new MemoryException(Rule.NOT_MAPPABLE, "memory region at guest address " + hex(region.guestAddress())
                    + " cannot be mapped shared (" + e.getMessage() + "): start QEMU with share=on");
        }
    }

    MemoryRegionDescription description() {
        return description;
    }

    long hostAddress() {
        return hostAddress;
    }

    static String hex(long address) {
        return "0x" + Long.toHexString(address);
    }

    @Override
    public void close() {
        mapping.close();
    }
}
