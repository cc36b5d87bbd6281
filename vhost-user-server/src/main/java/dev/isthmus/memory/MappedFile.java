package dev.isthmus.memory;

import dev.isthmus.linux.FileStatus;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.Mapping;
import dev.isthmus.linux.OwnedFd;
import dev.isthmus.memory.MemoryException.Rule;

/**
 * A part of a front-end's file, mapped. The session's thread makes and closes it.
 *
 * <pre>
 *   file      0 ........ mapped from ........ offset ........ offset + size ... end
 *                        (multiple of a page) |<--- part --->|
 *   host                 mapping.address()    address()
 * </pre>
 */
final class MappedFile implements AutoCloseable {
    private final Mapping mapping;
    private final long address;

    private MappedFile(Mapping mapping, long address) {
        this.mapping = mapping;
        this.address = address;
    }

    /**
     * Maps {@code size} bytes at {@code offset}; {@code fd} stays the caller's.
     *
     * @param what the part is, for messages
     * @param anyFile whether files other than memfd, tmpfs and hugetlbfs are taken
     */
    static MappedFile map(String what, OwnedFd fd, long offset, long size, boolean anyFile) throws MemoryException {
        try {
            FileStatus status = FileStatus.of(fd);
            if (!anyFile && !status.isSharedMemory()) {
                throw new MemoryException(Rule.NOT_SHARED_MEMORY, what
                        + " is not a memfd, tmpfs or hugetlbfs file: start QEMU with share=on"
                        + " (-object memory-backend-memfd,share=on)");
            }
            if (Long.compareUnsigned(offset, status.sizeBytes()) > 0
                    || Long.compareUnsigned(size, status.sizeBytes() - offset) > 0) {
                throw new MemoryException(Rule.LARGER_THAN_FILE, what + " of " + size + " bytes at offset " + offset
                        + " is larger than its file of " + status.sizeBytes() + " bytes");
            }
            long page = status.pageBytes();
            long from = offset / page * page;
            long lead = offset - from;
            long length = (lead + size + page - 1) / page * page;
            Mapping mapping = Mapping.shared(fd, from, length);
            return new MappedFile(mapping, mapping.address() + lead);
        } catch (LinuxException e) {
            throw new MemoryException(Rule.NOT_MAPPABLE,
                    what + " cannot be mapped shared (" + e.getMessage() + "): start QEMU with share=on");
        }
    }

    /** Native address of the part's first byte. */
    long address() {
        return address;
    }

    @Override
    public void close() {
        mapping.close();
    }
}
