package dev.isthmus.memory;

import dev.isthmus.linux.OwnedFd;

/**
 * The memory of an inflight region, as the front-end keeps it: the vhost-user specification, "Inflight description".
 * Mapped by the session's thread, and unmapped by it when no ring uses it any more.
 */
public final class InflightMemory implements AutoCloseable {
    private static final int ALIGNMENT = 8;

    private final MappedFile file;
    private final long sizeBytes;
    private final int queues;
    private final int queueSize;

    private InflightMemory(MappedFile file, long sizeBytes, int queues, int queueSize) {
        this.file = file;
        this.sizeBytes = sizeBytes;
        this.queues = queues;
        this.queueSize = queueSize;
    }

    /**
     * Maps the region; {@code fd} stays the caller's.
     *
     * @param queues for which it was made
     * @param queueSize of each of them
     * @param anyFile whether files other than memfd, tmpfs and hugetlbfs are taken
     */
    public static InflightMemory map(OwnedFd fd, long offset, long size, int queues, int queueSize, boolean anyFile)
            throws MemoryException {
        if (offset % ALIGNMENT != 0) {
            throw new MemoryException(MemoryException.Rule.MISALIGNED,
                    "inflight region at offset " + offset + " is not aligned to " + ALIGNMENT);
        }
        return new InflightMemory(MappedFile.map("inflight region", fd, offset, size, anyFile), size, queues,
                queueSize);
    }

    public int queues() {
        return queues;
    }

    public int queueSize() {
        return queueSize;
    }

    /** Bytes that are mapped; the parts of {@link #queues} queues, and perhaps more. */
    public long sizeBytes() {
        return sizeBytes;
    }

    /** Native address of its first byte. */
    public long address() {
        return file.address();
    }

    @Override
    public void close() {
        file.close();
    }
}
