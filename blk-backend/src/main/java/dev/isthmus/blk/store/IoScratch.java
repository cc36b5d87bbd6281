package dev.isthmus.blk.store;

import dev.isthmus.linux.FileIo;
import java.lang.foreign.Arena;

/**
 * Native memory of one store thread: a bounce buffer, made when first needed, and a few iovecs. Confined to that
 * thread.
 */
public final class IoScratch implements AutoCloseable {
    /** A device's usual largest request is 126 segments of 4 KiB; larger ones take more rounds. */
    static final int BOUNCE_BYTES = 512 * 1024;
    static final int IOVECS = 16;

    /** No storage asks for more; also the largest logical block. */
    private static final int ALIGNMENT_BYTES = 4096;

    private final Arena arena = Arena.ofConfined();
    private final long iovecs = arena.allocate((long) IOVECS * FileIo.IOVEC_BYTES, Long.BYTES).address();
    private long bounce;

    /** Address of {@value #IOVECS} iovecs. */
    long iovecs() {
        return iovecs;
    }

    /** Address of {@value #BOUNCE_BYTES} bytes, aligned for O_DIRECT. */
    long bounce() {
        if (bounce == 0) {
            bounce = arena.allocate(BOUNCE_BYTES, ALIGNMENT_BYTES).address();
        }
        return bounce;
    }

    @Override
    public void close() {
        arena.close();
    }
}
