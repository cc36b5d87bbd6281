package dev.isthmus.linux;

/**
 * A shared, writable mapping of a file.
 *
 * <p>Not an {@code Arena}: closing a shared arena costs tens of microseconds and a handshake with every thread. The
 * price is that an address used after {@link #close} ends the process, so the owner closes only when nobody can hold
 * one.
 */
public final class Mapping implements AutoCloseable {
    private final long address;
    private final long length;
    private boolean closed;

    private Mapping(long address, long length) {
        this.address = address;
        this.length = length;
    }

    /**
     * Maps {@code length} bytes at {@code offset}; both must be multiples of the file's page size ({@link
     * FileStatus#pageBytes}). Guest memory is left out of core dumps.
     */
    public static Mapping shared(OwnedFd fd, long offset, long length) throws LinuxException {
        long address = LinuxException.check(
                Libc.mmap(length, Constants.PROT_READ | Constants.PROT_WRITE, Constants.MAP_SHARED, fd.number(),
                        offset),
                "mmap of " + length + " bytes at offset " + offset);
        // A kernel without MADV_DONTDUMP only means larger core dumps.
        Libc.madvise(address, length, Constants.MADV_DONTDUMP);
        return new Mapping(address, length);
    }

    public long address() {
        return address;
    }

    public long length() {
        return length;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            Libc.munmap(address, length);
        }
    }
}
