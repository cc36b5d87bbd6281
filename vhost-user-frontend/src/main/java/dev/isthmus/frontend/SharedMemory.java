package dev.isthmus.frontend;

import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.Mapping;
import dev.isthmus.linux.MemFd;
import dev.isthmus.linux.OwnedFd;

/**
 * One memory region: a memfd of final size, mapped here, that a back-end maps too. Holds rings and data.
 *
 * <p>The region's user address, by which rings are named, is the address at which it is mapped here. The guest address,
 * by which descriptors name their buffers, is the owner's choice. Parts are taken from its beginning to its end and
 * never given back. One thread takes; the contents are whoever's who owns the part. Close it after every {@link
 * Frontend} that shares it: an address used later ends the process.
 */
public final class SharedMemory implements AutoCloseable {
    private static final long PAGE_BYTES = 4096;

    private final OwnedFd file;
    private final Mapping mapping;
    private final long guestAddress;
    private long takenBytes;

    private SharedMemory(OwnedFd file, Mapping mapping, long guestAddress) {
        this.file = file;
        this.mapping = mapping;
        this.guestAddress = guestAddress;
    }

    /**
     * Zeroes, at the same guest address as user address; so regions of one process never overlap.
     *
     * @param bytes at least 1; rounded up to whole pages
     */
    public static SharedMemory allocate(long bytes) throws LinuxException {
        return map(bytes, -1);
    }

    /**
     * Zeroes at a guest address of the caller's choice.
     *
     * @param bytes at least 1; rounded up to whole pages
     * @param guestAddress a multiple of 4096, not negative; regions of one connection must not overlap
     */
    public static SharedMemory allocate(long bytes, long guestAddress) throws LinuxException {
        if (guestAddress < 0 || guestAddress % PAGE_BYTES != 0) {
            throw new IllegalArgumentException("guest address 0x" + Long.toHexString(guestAddress));
        }
        return map(bytes, guestAddress);
    }

    private static SharedMemory map(long bytes, long guestAddress) throws LinuxException {
        if (bytes < 1) {
            throw new IllegalArgumentException(bytes + " bytes of shared memory");
        }
        long size = align(bytes, PAGE_BYTES);
        OwnedFd file = MemFd.create("isthmus-frontend", size);
        try {
            MemFd.sealSize(file);
            Mapping mapping = Mapping.shared(file, 0, size);
            return new SharedMemory(file, mapping, guestAddress < 0 ? mapping.address() : guestAddress);
        } catch (LinuxException e) {
            file.close();
            throw e;
        }
    }

    /**
     * The next part that is free: its user address, which is its native address here.
     *
     * @param bytes of the part
     * @param alignment of its address, a power of two up to 4096
     * @throws IllegalStateException when that much is not left
     */
    public long take(long bytes, int alignment) {
        long at = align(takenBytes, alignment);
        if (bytes < 0 || at > sizeBytes() || sizeBytes() - at < bytes) {
            throw new IllegalStateException(
                    bytes + " bytes wanted of a shared memory with " + (sizeBytes() - takenBytes) + " left");
        }
        takenBytes = at + bytes;
        return userAddress() + at;
    }

    /** What a descriptor calls a byte of this region. */
    public long guestAddressOf(long userAddress) {
        return userAddress - mapping.address() + guestAddress;
    }

    public long sizeBytes() {
        return mapping.length();
    }

    public long userAddress() {
        return mapping.address();
    }

    public long guestAddress() {
        return guestAddress;
    }

    OwnedFd file() {
        return file;
    }

    private static long align(long value, long alignment) {
        return (value + alignment - 1) & -alignment;
    }

    @Override
    public void close() {
        mapping.close();
        file.close();
    }
}
