package dev.isthmus.net.uplink;

import dev.isthmus.linux.HostMemory;
import java.lang.foreign.Arena;

/**
 * For measuring and for tests: a queue pair gives back what was sent to it, in order, and copies every frame twice.
 * None is lost: when the guest does not receive, it cannot send either.
 */
public final class LoopbackUplink implements Uplink {
    private static final int QUEUE_PAIRS = 8;

    private LoopbackUplink() {}

    public static LoopbackUplink create() {
        return new LoopbackUplink();
    }

    @Override
    public UplinkAbilities abilities() {
        return new UplinkAbilities(Offloads.ALL, Offloads.ALL, 0, QUEUE_PAIRS);
    }

    @Override
    public UplinkQueue open(int pair, Offloads toGuest) {
        return new Queue();
    }

    @Override
    public void close() {}

    /**
     * Frames lie one behind the other, each after its length; one that would not fit before the end begins anew at the
     * front, and a length of 0 says so.
     */
    private static final class Queue implements UplinkQueue {
        private static final int LENGTH_BYTES = Long.BYTES;
        private static final int FRAME_BYTES_MAX = 65_600;
        private static final int RING_BYTES = 1 << 20;

        private final Arena arena = Arena.ofShared();
        private final long ring = arena.allocate(RING_BYTES, Long.BYTES).address();
        private int head;
        private int tail;
        private int frames;

        @Override
        public int descriptor() {
            return NO_DESCRIPTOR;
        }

        @Override
        public int send(long iovecs, int count, int bytes) {
            if (bytes > FRAME_BYTES_MAX) {
                return REFUSED;
            }
            int place = place(room(bytes));
            if (place < 0) {
                return LATER;
            }
            if (place != tail) {
                if (tail < RING_BYTES) {
                    HostMemory.putU64(ring + tail, 0);
                }
                tail = place;
            }
            HostMemory.putU64(ring + tail, bytes);
            Iovecs.gather(iovecs, count, ring + tail + LENGTH_BYTES);
            tail += room(bytes);
            frames++;
            return SENT;
        }

        private static int room(int bytes) {
            return LENGTH_BYTES + (bytes + Long.BYTES - 1 & -Long.BYTES);
        }

        /** Where so many bytes are free in one piece; negative if nowhere. */
        private int place(int wanted) {
            boolean wrapped = frames > 0 && tail <= head;
            if (wrapped) {
                return head - tail >= wanted ? tail : -1;
            }
            if (frames == 0) {
                head = 0;
                tail = 0;
            }
            if (RING_BYTES - tail >= wanted) {
                return tail;
            }
            return head >= wanted ? 0 : -1;
        }

        @Override
        public int receive(long iovecs, int count) {
            if (frames == 0) {
                return NOTHING;
            }
            if (head == RING_BYTES || HostMemory.u64(ring + head) == 0) {
                head = 0;
            }
            int bytes = (int) HostMemory.u64(ring + head);
            long copied = Iovecs.scatter(ring + head + LENGTH_BYTES, bytes, iovecs, count);
            head += room(bytes);
            frames--;
            return copied == bytes ? bytes : TOO_LARGE;
        }

        @Override
        public void close() {
            arena.close();
        }
    }
}
