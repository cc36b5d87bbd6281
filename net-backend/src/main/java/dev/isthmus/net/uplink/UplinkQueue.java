package dev.isthmus.net.uplink;

/**
 * One open queue pair of an uplink. Used by one worker alone; hot path: nothing blocks, allocates, or throws for
 * anything a frame contains.
 *
 * <p>A frame comes and goes as {@code struct virtio_net_hdr_v1} and its bytes (virtio 1.3, 5.1.6): 12 bytes, always
 * little endian, always with {@code num_buffers}, which an uplink ignores and leaves as it finds it. Memory is named by
 * an array of {@code struct iovec} (base u64, length u64) at a native address; header and frame may be cut anywhere.
 */
public interface UplinkQueue extends AutoCloseable {
    /** {@link #send}: the frame is gone, as far as the uplink can know. */
    int SENT = 0;

    /**
     * {@link #send}: no room now. The same frame is to be offered again, and none before it.
     */
    int LATER = -1;

    /** The uplink does not take, or did not give, such a frame: for a frame lost by no fault of the guest's memory. */
    int REFUSED = -2;

    /** There is nothing behind the uplink: an interface that is down or gone. */
    int DOWN = -3;

    /** {@link #receive}: a frame was larger than the room for it, and is lost. */
    int TOO_LARGE = -4;

    /** {@link #receive}: nothing waits. */
    int NOTHING = 0;

    /** {@link #descriptor}: there is none. */
    int NO_DESCRIPTOR = -1;

    /** Bytes of the header before each frame. */
    int HEADER_BYTES = 12;

    /**
     * A descriptor with an edge ({@code EPOLLIN}) when a frame comes; {@link #NO_DESCRIPTOR}: the queue is looked at
     * whenever its worker has a turn, and may have got a frame only by what that worker did. Constant; not closed by
     * others.
     */
    int descriptor();

    /**
     * Whether frames are wanted here, which they are at first. While they are not, an uplink that spreads frames over
     * its queues uses the others. Frames that came before may still be received, or be lost.
     */
    default void receiving(boolean wanted) {}

    /**
     * Sends a frame whose header was checked and lies in memory that no guest can write; the frame itself may lie in
     * guest memory. When this returns the memory is the caller's again.
     *
     * @param iovecs not to be changed
     * @param count at least 1
     * @param bytes header and frame together
     * @return {@link #SENT}, {@link #LATER}, {@link #REFUSED} or {@link #DOWN}
     */
    int send(long iovecs, int count, int bytes);

    /**
     * Takes the next frame.
     *
     * @param iovecs room for the largest frame; not to be changed
     * @return bytes of header and frame; {@link #NOTHING}; or why a frame was lost: {@link #REFUSED}, {@link #DOWN} (no
     *     frame and none to come for now), {@link #TOO_LARGE}
     */
    int receive(long iovecs, int count);

    @Override
    void close();
}
