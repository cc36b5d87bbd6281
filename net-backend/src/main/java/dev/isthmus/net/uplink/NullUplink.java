package dev.isthmus.net.uplink;

import dev.isthmus.linux.HostMemory;
import java.lang.foreign.Arena;

/**
 * For measuring: copies every frame that is sent and forgets it; and, if it is to, always has another one of a fixed
 * size, which it copies too.
 */
public final class NullUplink implements Uplink {
    private static final int FRAME_BYTES_MAX = 65_600;
    private static final int QUEUE_PAIRS = 8;
    private static final int FRAME_BYTES_MIN = 14;

    private final int frameBytes;

    private NullUplink(int frameBytes) {
        this.frameBytes = frameBytes;
    }

    /** Takes frames and gives none. */
    public static NullUplink discarding() {
        return new NullUplink(0);
    }

    /** Takes frames, and gives as many of this size as there is room for. */
    public static NullUplink generating(int frameBytes) {
        if (frameBytes < FRAME_BYTES_MIN || frameBytes > FRAME_BYTES_MAX - UplinkQueue.HEADER_BYTES) {
            throw new IllegalArgumentException("a frame of " + frameBytes + " bytes");
        }
        return new NullUplink(frameBytes);
    }

    @Override
    public UplinkAbilities abilities() {
        return new UplinkAbilities(Offloads.ALL, Offloads.NONE, 0, QUEUE_PAIRS);
    }

    @Override
    public UplinkQueue open(int pair, Offloads toGuest) {
        return new Queue(frameBytes);
    }

    @Override
    public void close() {}

    private static final class Queue implements UplinkQueue {
        private final Arena arena = Arena.ofShared();
        private final long sink = arena.allocate(FRAME_BYTES_MAX, Long.BYTES).address();
        private final long source = arena.allocate(FRAME_BYTES_MAX, Long.BYTES).address();
        private final int frameBytes;

        Queue(int frameBytes) {
            this.frameBytes = frameBytes;
            for (int i = 0; i < frameBytes; i++) {
                HostMemory.putU8(source + HEADER_BYTES + i, i < FRAME_BYTES_MIN ? 0x02 : i);
            }
        }

        @Override
        public int descriptor() {
            return NO_DESCRIPTOR;
        }

        @Override
        public int send(long iovecs, int count, int bytes) {
            if (bytes > FRAME_BYTES_MAX) {
                return REFUSED;
            }
            Iovecs.gather(iovecs, count, sink);
            return SENT;
        }

        @Override
        public int receive(long iovecs, int count) {
            if (frameBytes == 0) {
                return NOTHING;
            }
            int bytes = HEADER_BYTES + frameBytes;
            return Iovecs.scatter(source, bytes, iovecs, count) == bytes ? bytes : TOO_LARGE;
        }

        @Override
        public void close() {
            arena.close();
        }
    }
}
