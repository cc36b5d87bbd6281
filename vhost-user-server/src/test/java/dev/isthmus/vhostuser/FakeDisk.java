package dev.isthmus.vhostuser;

import dev.isthmus.linux.LinuxException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Block requests (virtio 1.3, 5.2.6) of a driver on one ring. Each request in flight has three descriptors (header,
 * data, status) and a place in memory of its own.
 *
 * <pre>
 *   place    0 header: type u32, reserved u32, sector u64      32 status u8      4096 data
 * </pre>
 */
public final class FakeDisk {
    public static final int IN = 0;
    public static final int OUT = 1;
    public static final int FLUSH = 4;
    public static final int GET_ID = 8;

    public static final int SECTOR = 512;
    private static final int STATUS = 32;
    private static final int DATA = 4096;
    private static final int NOT_ANSWERED = 0xee;

    /** An answered request; {@code data} is what the place holds now. */
    public record Answer(int place, int status, long usedLength, byte[] data) {}

    private final FakeRing ring;
    private final SharedRam ram;
    private final long offset;
    private final int placeBytes;
    private final int[] lengths;
    private final Deque<Integer> free = new ArrayDeque<>();

    /**
     * @param offset where the places begin in {@code ram}
     * @param dataBytes most data of a request
     */
    public FakeDisk(FakeRing ring, SharedRam ram, long offset, int dataBytes) {
        this.ring = ring;
        this.ram = ram;
        this.offset = offset;
        this.placeBytes = DATA + (dataBytes + 4095) / 4096 * 4096;
        int places = ring.size() / 3;
        this.lengths = new int[places];
        for (int i = 0; i < places; i++) {
            free.add(i);
        }
    }

    /** Requests that may be in flight. */
    public int places() {
        return lengths.length;
    }

    public FakeRing ring() {
        return ring;
    }

    public int submitRead(long sector, int bytes) {
        return submit(IN, sector, new byte[bytes]);
    }

    public int submitWrite(long sector, byte[] data) {
        return submit(OUT, sector, data);
    }

    public int submitFlush() {
        return submit(FLUSH, 0, new byte[0]);
    }

    /** Offers a request; returns its place. */
    public int submit(int type, long sector, byte[] data) {
        int place = free.removeFirst();
        long at = offset + (long) place * placeBytes;
        ram.put(at + DATA, data);
        return submit(place, type, sector, data.length, ram.guest(at + DATA));
    }

    /** Offers a request whose data is elsewhere; the answer's data means nothing. */
    public int submitAt(int type, long sector, int bytes, long guestAddress) {
        return submit(free.removeFirst(), type, sector, bytes, guestAddress);
    }

    private int submit(int place, int type, long sector, int bytes, long dataAt) {
        lengths[place] = bytes;
        long at = offset + (long) place * placeBytes;
        ram.putU32(at, type);
        ram.putU32(at + 4, 0);
        ram.putU64(at + 8, sector);
        ram.putU8(at + STATUS, NOT_ANSWERED);
        int head = 3 * place;
        int second = bytes == 0 ? head + 2 : head + 1;
        ring.descriptor(head, ram.guest(at), 16, FakeRing.NEXT, second);
        ring.descriptor(head + 1, dataAt, bytes, FakeRing.NEXT | (type == OUT ? 0 : FakeRing.WRITE), head + 2);
        ring.descriptor(head + 2, ram.guest(at + STATUS), 1, FakeRing.WRITE, 0);
        ring.offer(head);
        return place;
    }

    /** Waits for the next answer. */
    public Answer await() throws LinuxException {
        FakeRing.Used element = ring.awaitUsed();
        if (element.head() % 3 != 0 || element.head() / 3 >= lengths.length) {
            throw new AssertionError("the device used head " + element.head() + ", which was not offered");
        }
        int place = element.head() / 3;
        long at = offset + (long) place * placeBytes;
        free.addLast(place);
        return new Answer(place, ram.u8(at + STATUS), element.length(), ram.get(at + DATA, lengths[place]));
    }

    public Answer write(long sector, byte[] data) throws LinuxException {
        submitWrite(sector, data);
        return await();
    }

    public Answer read(long sector, int bytes) throws LinuxException {
        submitRead(sector, bytes);
        return await();
    }
}
