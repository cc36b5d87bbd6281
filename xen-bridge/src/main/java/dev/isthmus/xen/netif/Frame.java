package dev.isthmus.xen.netif;

/**
 * A frame in memory that is shared with the back-end, behind its virtio header: what is to be sent, or was received.
 * Pieces lie in pages; those of the frame alone are counted, the header is before the first. Made once and used again
 * and again; the worker's alone.
 *
 * <pre>
 *   page 0  │ header, 12 │ piece 0 ...        page 1  │ piece 1 ...
 * </pre>
 */
final class Frame {
    /** Of the page's begin, or where a received piece begins. */
    final long[] addresses = new long[Limits.PAGES_MAX];
    final int[] lengths = new int[Limits.PAGES_MAX];
    int pieces;
    /** Of all pieces. */
    int bytes;
    /** Of the virtio header. */
    long header;

    void clear() {
        pieces = 0;
        bytes = 0;
    }

    void add(long address, int length) {
        addresses[pieces] = address;
        lengths[pieces] = length;
        pieces++;
        bytes += length;
    }

    /** Of the first byte of an Ethernet header. */
    long head() {
        return addresses[0];
    }

    /** How much of it lies in one piece. */
    int headBytes() {
        return lengths[0];
    }
}
