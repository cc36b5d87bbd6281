package dev.isthmus.linux;

/**
 * Descriptors one thread sleeps on until one of them is readable: {@code poll(2)}. Owns none of them. After it was made
 * it allocates nothing.
 */
public final class PollSet implements AutoCloseable {
    /** {@code struct pollfd}: fd 0, events 4, revents 6. */
    private static final int POLLFD_BYTES = 8;

    private static final int EVENTS = 4;
    private static final int READY = 6;

    private final int room;
    private final long descriptors;
    private boolean closed;

    private PollSet(int room, long descriptors) {
        this.room = room;
        this.descriptors = descriptors;
    }

    /** With {@code room} places, numbered from 0, all empty. */
    public static PollSet withRoomFor(int room) {
        long descriptors = NativeHeap.allocate((long) room * POLLFD_BYTES);
        if (descriptors == NativeHeap.NONE) {
            throw new OutOfMemoryError("no memory for " + room + " descriptors");
        }
        PollSet set = new PollSet(room, descriptors);
        for (int place = 0; place < room; place++) {
            set.put(place, -1);
        }
        return set;
    }

    /** Puts a descriptor's number at a place; poll(2) passes over a negative one. */
    public void put(int place, int fd) {
        if (place < 0 || place >= room) {
            throw new IndexOutOfBoundsException(place);
        }
        long pollfd = descriptors + (long) place * POLLFD_BYTES;
        HostMemory.putU32(pollfd, fd);
        HostMemory.putU16(pollfd + EVENTS, Constants.POLLIN);
        HostMemory.putU16(pollfd + READY, 0);
    }

    /**
     * Sleeps until one is readable, broken or at its end.
     *
     * @param timeoutMillis -1: as long as it takes
     * @return how many are; 0 after the time, or when a signal came
     */
    public int await(int timeoutMillis) {
        return Math.max(0, Libc.poll(descriptors, room, timeoutMillis));
    }

    /** Whether the descriptor of a place was readable, broken or at its end at the last {@link #await}. */
    public boolean isReady(int place) {
        return HostMemory.u16(descriptors + (long) place * POLLFD_BYTES + READY) != 0;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            NativeHeap.free(descriptors);
        }
    }
}
