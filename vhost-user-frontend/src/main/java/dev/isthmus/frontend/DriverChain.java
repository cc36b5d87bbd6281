package dev.isthmus.frontend;

/**
 * Pieces of memory in the order a device will meet them: what {@link DriverVirtqueue#add} makes a descriptor chain of.
 * To be kept and used again; allocates nothing after it was made.
 */
public final class DriverChain {
    private final long[] addresses;
    private final int[] lengths;
    private int readable;
    private int count;

    private DriverChain(int pieces) {
        this.addresses = new long[pieces];
        this.lengths = new int[pieces];
    }

    /** An empty chain. */
    public static DriverChain withRoomFor(int pieces) {
        return new DriverChain(pieces);
    }

    /** Forgets all pieces. */
    public void clear() {
        readable = 0;
        count = 0;
    }

    /**
     * Adds memory the device reads. virtio 1.3, 2.7.4.2: before everything it writes.
     *
     * @param length bytes, u32
     */
    public void addReadable(long guestAddress, int length) {
        if (readable != count) {
            throw new IllegalStateException("device-readable after device-writable");
        }
        add(guestAddress, length);
        readable = count;
    }

    /** Adds memory the device writes. */
    public void addWritable(long guestAddress, int length) {
        add(guestAddress, length);
    }

    private void add(long guestAddress, int length) {
        addresses[count] = guestAddress;
        lengths[count] = length;
        count++;
    }

    int count() {
        return count;
    }

    boolean isWritable(int piece) {
        return piece >= readable;
    }

    long address(int piece) {
        return addresses[piece];
    }

    int length(int piece) {
        return lengths[piece];
    }
}
