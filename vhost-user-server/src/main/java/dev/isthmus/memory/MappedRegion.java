package dev.isthmus.memory;

import dev.isthmus.linux.OwnedFd;

/** A region with its mapping. The session's thread makes and closes it. */
final class MappedRegion implements AutoCloseable {
    private final MemoryRegionDescription description;
    private final MappedFile file;

    private MappedRegion(MemoryRegionDescription description, MappedFile file) {
        this.description = description;
        this.file = file;
    }

    /**
     * Maps a region whose description has been checked; {@code fd} stays the caller's.
     *
     * @param anyFile whether files other than memfd, tmpfs and hugetlbfs are taken
     */
    static MappedRegion map(MemoryRegionDescription region, OwnedFd fd, boolean anyFile) throws MemoryException {
        return new MappedRegion(region, MappedFile.map("memory region at guest address " + hex(region.guestAddress()),
                fd, region.mmapOffset(), region.sizeBytes(), anyFile));
    }

    MemoryRegionDescription description() {
        return description;
    }

    long hostAddress() {
        return file.address();
    }

    static String hex(long address) {
        return "0x" + Long.toHexString(address);
    }

    @Override
    public void close() {
        file.close();
    }
}
