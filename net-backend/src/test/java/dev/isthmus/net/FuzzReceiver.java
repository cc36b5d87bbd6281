package dev.isthmus.net;

import dev.isthmus.fuzz.FuzzGuest;
import dev.isthmus.fuzz.FuzzRandom;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/** Buffers as a guest offers them, and what it finds in them. */
final class FuzzReceiver {
    private static final int BREAK_ONE_IN = 20;
    private static final int SMALL = 512;
    private static final int LARGE_PLACE = 96 << 10;
    private static final long LARGE = 512L << 20;

    private final FuzzRandom random;
    private final FuzzGuest guest;
    private final FuzzFeatures features;
    private final FuzzLink link;
    private final FuzzChain chain;
    private final long tables;

    long delivered;
    /** Frames that were given and did not come. */
    long missing;
    /** Broken buffers that came back empty. */
    long refused;

    FuzzReceiver(FuzzRandom random, FuzzGuest guest, FuzzFeatures features, FuzzLink link, long tables) {
        this.random = random;
        this.guest = guest;
        this.features = features;
        this.link = link;
        this.chain = new FuzzChain(random, guest);
        this.tables = tables;
    }

    /** Offers a buffer; false if there are too few descriptors for it. */
    boolean offer(FuzzRing ring) {
        if (ring.freeCount() == 0) {
            return false;
        }
        NetBreak rule = choose();
        int[] free = ring.free();
        int bytes = bytes(rule);
        long at = bytes <= SMALL ? FuzzGuest.MORE + (long) SMALL * free[0]
                : FuzzGuest.HUGE + LARGE + (long) LARGE_PLACE * free[0];
        chain.clear();
        chain.cut(at, bytes, true, 5);
        if (rule.isOfTheChain()) {
            chain.spoil(rule, true);
        }
        int taken = chain.write(ring.ring(), free, free.length, rule, features.indirect(), tables + 1024L * free[0]);
        if (taken == 0) {
            return false;
        }
        ring.offer(taken, rule, at, bytes);
        return true;
    }

    private NetBreak choose() {
        if (!random.rarely(BREAK_ONE_IN)) {
            return NetBreak.NOTHING;
        }
        NetBreak wanted = random.rarely(8) ? NetBreak.WITHOUT_ROOM_FOR_A_HEADER : random.pick(NetBreak.chains());
        if (wanted.isOfIndirect() && !features.indirect()) {
            return NetBreak.INDIRECT_UNASKED;
        }
        return wanted == NetBreak.INDIRECT_UNASKED && features.indirect() ? NetBreak.INDIRECT_LENGTH : wanted;
    }

    private int bytes(NetBreak rule) {
        if (rule == NetBreak.WITHOUT_ROOM_FOR_A_HEADER) {
            return random.between(1, features.headerBytes() - 1);
        }
        if (random.rarely(50)) {
            return random.between(2000, 70_000);
        }
        return features.mergeable() ? random.between(12, 400) : random.rarely(3) ? random.between(50, 300) : 1534;
    }

    /** Takes what came, and insists that it is whole. */
    void take(FuzzRing ring) {
        FuzzRing.Used used = ring.takeUsed();
        while (used != null) {
            FuzzRing.Offered buffer = used.chain();
            if (buffer != null && used.length() > 0) {
                frame(ring, used, buffer);
            } else if (buffer != null && buffer.rule() != NetBreak.NOTHING) {
                refused++;
            }
            used = ring.takeUsed();
        }
    }

    /** The same while somebody writes into the rings. */
    void drain(FuzzRing ring) {
        while (ring.takeUsed() != null) {
            // whatever it is
        }
    }

    private void frame(FuzzRing ring, FuzzRing.Used first, FuzzRing.Offered buffer) {
        var row = new ByteArrayOutputStream();
        int header = features.headerBytes();
        append(row, buffer, first.length());
        byte[] begin = row.toByteArray();
        int buffers = header == 12 ? u16(begin, 10) : 1;
        require(buffers == 1 || features.mergeable(), "num_buffers " + buffers + " without mergeable buffers");
        long full = buffer.bytes() - first.length();
        for (int i = 1; i < buffers; i++) {
            require(full == 0, "a buffer was left before it was full");
            FuzzRing.@Nullable Used next = ring.takeUsed();
            require(next != null && next.chain() != null && next.length() > 0, "num_buffers is " + buffers + ", came "
                    + i);
            append(row, next.chain(), next.length());
            full = next.chain().bytes() - next.length();
        }
        check(row.toByteArray(), header);
    }

    private void append(ByteArrayOutputStream row, FuzzRing.Offered buffer, long length) {
        require(buffer.rule() == NetBreak.NOTHING, "a frame in a buffer with " + buffer.rule());
        require(length <= buffer.bytes(), length + " bytes in a buffer of " + buffer.bytes());
        row.writeBytes(buffer.bytes() <= SMALL ? guest.more.get(buffer.at() - FuzzGuest.MORE, (int) length)
                : guest.huge.get(buffer.at() - FuzzGuest.HUGE, (int) length));
    }

    private void check(byte[] all, int header) {
        int bytes = all.length - header;
        FuzzLink.Frame frame = link.given.poll();
        while (frame != null && !isIn(all, header, frame)) {
            missing++;
            frame = link.given.poll();
        }
        require(frame != null, "a frame of " + bytes + " bytes that nobody gave");
        int flags = all[0];
        require(features.guestCsum() ? (flags & ~3) == 0 : flags == 0, "flags are " + flags);
        int gso = all[1];
        require(gso == 0 || gso == 1 && features.guestTso4() || gso == 4 && features.guestTso6(), "gso_type " + gso);
        delivered++;
    }

    private static boolean isIn(byte[] all, int header, FuzzLink.Frame frame) {
        if (all.length - header != frame.bytes()) {
            return false;
        }
        for (int i = 0; i < frame.bytes(); i++) {
            if (all[header + i] != FuzzLink.content(frame.number(), i)) {
                return false;
            }
        }
        return true;
    }

    private static int u16(byte[] bytes, int at) {
        return bytes[at] & 0xff | (bytes[at + 1] & 0xff) << 8;
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new IllegalStateException(what);
        }
    }
}
