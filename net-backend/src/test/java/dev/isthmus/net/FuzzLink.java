package dev.isthmus.net;

import dev.isthmus.fuzz.FuzzGuest;
import dev.isthmus.fuzz.FuzzRandom;
import dev.isthmus.linux.HostMemory;
import dev.isthmus.net.uplink.Offloads;
import dev.isthmus.net.uplink.Uplink;
import dev.isthmus.net.uplink.UplinkAbilities;
import dev.isthmus.net.uplink.UplinkQueue;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/**
 * An uplink that knows what must arrive, and which frames it gave. It looks at what it gets as the kernel would: each
 * piece but its own header must be memory of the guest, and the header must be one that was agreed on.
 */
final class FuzzLink implements Uplink, UplinkQueue {
    /** A frame whose first 8 bytes are its number. */
    record Frame(long number, int bytes) {}

    private static final int HEADER = 12;
    private static final int LARGEST = 65_557;

    private final FuzzRandom random;
    private final FuzzGuest guest;
    private final FuzzFeatures features;
    private final boolean scribbled;
    private final byte[] buffer = new byte[HEADER + LARGEST];

    /** Frames of the guest's that are sound, in order. */
    final Deque<Frame> expected = new ArrayDeque<>();
    /** Frames that were given and are sound, in order. */
    final Deque<Frame> given = new ArrayDeque<>();
    final long[] drops = new long[DropCause.values().length];
    long sent;
    long refused;
    long down;
    /** Takes nothing. */
    boolean stuck;
    /** How many frames it has yet to give. */
    int toGive;
    /** Bytes of the next frame; 0: any. */
    int nextBytes;
    private long number;

    FuzzLink(FuzzRandom random, FuzzGuest guest, FuzzFeatures features, boolean scribbled) {
        this.random = random;
        this.guest = guest;
        this.features = features;
        this.scribbled = scribbled;
    }

    static byte content(long number, int at) {
        return at < 8 ? (byte) (number >>> 8 * at) : (byte) (number * 7 + at * 13L);
    }

    @Override
    public UplinkAbilities abilities() {
        return new UplinkAbilities(Offloads.ALL, Offloads.ALL, 0, 1);
    }

    @Override
    public UplinkQueue open(int pair, Offloads toGuest) {
        return this;
    }

    @Override
    public int descriptor() {
        return NO_DESCRIPTOR;
    }

    @Override
    public int send(long iovecs, int count, int bytes) {
        if (stuck || random.rarely(40)) {
            return LATER;
        }
        gather(iovecs, count, bytes);
        checkHeader(bytes - HEADER);
        if (!scribbled) {
            checkContent(expected.remove(), bytes - HEADER);
        }
        if (random.rarely(100)) {
            refused++;
            return REFUSED;
        }
        if (random.rarely(100)) {
            down++;
            return DOWN;
        }
        sent++;
        return SENT;
    }

    private void gather(long iovecs, int count, int bytes) {
        int done = 0;
        for (int i = 0; i < count; i++) {
            long entry = iovecs + 16L * i;
            long address = HostMemory.u64(entry);
            long length = HostMemory.u64(entry + 8);
            require(length > 0 && length <= bytes - done, "a piece of " + length + " bytes after " + done);
            require(i == 0 || guest.holds(address, length), "a piece that is not the guest's");
            HostMemory.copy(address, buffer, done, (int) length);
            done += (int) length;
        }
        require(done == bytes, done + " bytes described as " + bytes);
    }

    private void checkHeader(int frame) {
        int flags = buffer[0];
        int gso = buffer[1] & 0xff;
        int hdrLen = u16(2);
        int start = u16(6);
        require((flags & ~1) == 0 && frame >= 14 && frame <= LARGEST, "flags " + flags + ", frame " + frame);
        require(flags == 0 ? start == 0 && u16(8) == 0 : features.csum() && start >= 14 && start + u16(8) + 2 <= frame,
                "checksum at " + start + " of " + frame);
        require(u16(10) == 0, "num_buffers is set");
        if (gso == 0) {
            require(hdrLen == 0 && u16(4) == 0, "hdr_len or gso_size without segmentation");
        } else {
            boolean known = (gso & 0x7f) == 1 && features.hostTso4() || (gso & 0x7f) == 4 && features.hostTso6();
            require(known && (gso < 0x80 || features.hostEcn()) && flags == 1 && u16(4) > 0, "gso_type " + gso);
            require(hdrLen <= frame && hdrLen >= Math.min(frame, start), "hdr_len " + hdrLen + " of " + frame);
        }
    }

    private void checkContent(Frame frame, int bytes) {
        require(frame.bytes() == bytes, "a frame of " + bytes + " bytes, must be " + frame);
        for (int i = 0; i < bytes; i++) {
            require(buffer[HEADER + i] == content(frame.number(), i), "byte " + i + " of " + frame);
        }
    }

    private int u16(int at) {
        return buffer[at] & 0xff | (buffer[at + 1] & 0xff) << 8;
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new IllegalStateException(what);
        }
    }

    @Override
    public int receive(long iovecs, int count) {
        if (toGive == 0) {
            return NOTHING;
        }
        toGive--;
        int fate = random.below(40);
        if (fate == 0) {
            drops[DropCause.UPLINK_REFUSED.ordinal()]++;
            return REFUSED;
        }
        if (fate == 1) {
            drops[DropCause.TOO_LONG.ordinal()]++;
            return TOO_LARGE;
        }
        return give(iovecs, count, fate == 2);
    }

    private int give(long iovecs, int count, boolean runt) {
        int bytes = nextBytes > 0 ? nextBytes : runt ? random.below(14) : size();
        nextBytes = 0;
        long next = number++;
        Arrays.fill(buffer, 0, HEADER, (byte) 0);
        DropCause cause = header(bytes);
        if (bytes < 14) {
            cause = DropCause.UPLINK_REFUSED;
        }
        for (int i = 0; i < bytes; i++) {
            buffer[HEADER + i] = content(next, i);
        }
        scatter(iovecs, count, HEADER + bytes);
        if (cause == DropCause.NONE) {
            given.add(new Frame(next, bytes));
        } else {
            drops[cause.ordinal()]++;
        }
        return HEADER + bytes;
    }

    private int size() {
        return random.rarely(200) ? random.between(2000, 65_549) : random.between(14, random.rarely(4) ? 1514 : 200);
    }

    /** What a kernel may say of a frame it hands over, agreed on or not. */
    private DropCause header(int bytes) {
        int kind = random.below(12);
        buffer[10] = (byte) random.next(); // num_buffers is not its business
        if (kind == 0) {
            buffer[0] = 1;
            return features.guestCsum() ? plain(bytes) : DropCause.OFFLOAD_NOT_NEGOTIATED;
        }
        if (kind == 1) {
            buffer[0] = 2; // DATA_VALID
            return plain(bytes);
        }
        if (kind == 2 || kind == 3) {
            buffer[0] = 1;
            buffer[1] = (byte) (kind == 2 ? 1 : 4);
            buffer[4] = 100;
            boolean agreed = kind == 2 ? features.guestTso4() : features.guestTso6();
            return agreed ? DropCause.NONE : DropCause.OFFLOAD_NOT_NEGOTIATED;
        }
        return plain(bytes);
    }

    private DropCause plain(int bytes) {
        return bytes > features.plainBytesMax() ? DropCause.TOO_LONG : DropCause.NONE;
    }

    private void scatter(long iovecs, int count, int bytes) {
        int done = 0;
        for (int i = 0; i < count && done < bytes; i++) {
            long entry = iovecs + 16L * i;
            long length = HostMemory.u64(entry + 8);
            require(length > 0, "an empty piece");
            require(i == 0 || i == count - 1 || guest.holds(HostMemory.u64(entry), length),
                    "a piece that is not the guest's");
            int part = (int) Math.min(length, bytes - done);
            HostMemory.copy(buffer, done, HostMemory.u64(entry), part);
            done += part;
        }
        require(done == bytes, "no room for the largest frame");
    }

    @Override
    public void close() {}
}
