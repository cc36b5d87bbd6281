package dev.isthmus.net;

import dev.isthmus.fuzz.FuzzGuest;
import dev.isthmus.fuzz.FuzzRandom;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Frames as a guest sends them, each of which may break one rule. */
final class FuzzSender {
    private static final int BREAK_ONE_IN = 3;
    private static final int SMALL = 512;
    private static final int LARGE_PLACE = 96 << 10;
    private static final int LARGEST = 65_557;

    private final FuzzRandom random;
    private final FuzzGuest guest;
    private final FuzzFeatures features;
    private final FuzzChain chain;
    private final long tables;
    private long number;
    private NetBreak rule = NetBreak.NOTHING;
    private FuzzLink.@Nullable Frame frame;

    /** @param tables where the ring's places of 1 KiB for each head are */
    FuzzSender(FuzzRandom random, FuzzGuest guest, FuzzFeatures features, long tables) {
        this.random = random;
        this.guest = guest;
        this.features = features;
        this.chain = new FuzzChain(random, guest);
        this.tables = tables;
    }

    NetBreak rule() {
        return rule;
    }

    /** The frame that must arrive, if {@link #rule} lets it. */
    FuzzLink.Frame frame() {
        return Objects.requireNonNull(frame);
    }

    /** Offers a chain; false if there are too few descriptors for it. */
    boolean offer(FuzzRing ring) {
        if (ring.freeCount() == 0) {
            return false;
        }
        rule = choose();
        int[] free = ring.free();
        int bytes = bytes();
        frame = new FuzzLink.Frame(number++, bytes);
        byte[] all = contents(bytes);
        long place = tables + 1024L * free[0];
        chain.clear();
        lay(all, free[0], place);
        if (rule.isOfTheChain()) {
            chain.spoil(rule, false);
        }
        int taken = chain.write(ring.ring(), free, free.length, rule, features.indirect(), place);
        if (taken == 0) {
            return false;
        }
        ring.offer(taken, rule, 0, 0);
        return true;
    }

    private NetBreak choose() {
        if (!random.rarely(BREAK_ONE_IN)) {
            return NetBreak.NOTHING;
        }
        NetBreak wanted = random.pick(random.rarely(2) ? NetBreak.chains() : NetBreak.frames());
        boolean segments = features.hostTso4() || features.hostTso6();
        return switch (wanted) {
            case INDIRECT_TWICE, INDIRECT_AND_NEXT, INDIRECT_LENGTH -> features.indirect() ? wanted
                    : NetBreak.INDIRECT_UNASKED;
            case INDIRECT_UNASKED -> features.indirect() ? NetBreak.INDIRECT_LENGTH : wanted;
            case CHECKSUM_UNASKED -> features.csum() ? NetBreak.CHECKSUM_BEYOND_THE_FRAME : wanted;
            case CHECKSUM_BEYOND_THE_FRAME, CHECKSUM_IN_THE_ETHERNET_HEADER -> features.csum() ? wanted
                    : NetBreak.CHECKSUM_UNASKED;
            case GSO_TYPE_UNASKED -> features.hostTso4() && features.hostTso6() && features.hostEcn()
                    ? NetBreak.GSO_TYPE_UNKNOWN
                    : wanted;
            case GSO_WITHOUT_CHECKSUM, GSO_SIZE_0, HDR_LEN_LIES -> segments ? wanted : NetBreak.GSO_TYPE_UNKNOWN;
            case NUM_BUFFERS_SET -> features.headerBytes() == 12 ? wanted : NetBreak.NOTHING;
            default -> wanted;
        };
    }

    private int bytes() {
        return switch (rule) {
            case FRAME_CUT -> random.below(14);
            case GSO_SIZE_0 -> random.between(60, 1514);
            case FRAME_TOO_LONG -> LARGEST + random.between(1, 5000);
            default -> random.rarely(200) ? random.between(2000, LARGEST) : random.between(14, random.rarely(4) ? 1514
                    : 300);
        };
    }

    /** Header and frame. */
    private byte[] contents(int bytes) {
        int header = features.headerBytes();
        byte[] all = new byte[header + bytes];
        for (int i = 0; i < bytes; i++) {
            all[header + i] = FuzzLink.content(number - 1, i);
        }
        ByteBuffer fields = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
        header(fields, bytes);
        fields.get(0, all, 0, header);
        return all;
    }

    private void header(ByteBuffer header, int bytes) {
        boolean checksum = features.csum() && bytes >= 16 && random.rarely(2);
        int start = checksum ? random.between(14, bytes - 2) : 0;
        int offset = checksum ? random.below(bytes - 1 - start) : 0;
        boolean segmented = checksum && (features.hostTso4() || features.hostTso6()) && random.rarely(2);
        int type = !segmented ? 0 : features.hostTso4() ? 1 : 4;
        int hdrLen = segmented ? Math.min(bytes, start + 20) : 0;
        int size = segmented ? random.between(1, 1460) : 0;
        int flags = checksum ? 1 : 0;
        switch (rule) {
            case CHECKSUM_UNASKED -> flags = 1;
            case CHECKSUM_BEYOND_THE_FRAME -> {
                flags = 1;
                start = random.rarely(2) ? 14 : random.between(14, 65535);
                offset = random.between(Math.clamp(bytes - 1L - start, 0, 65535), 65535);
            }
            case CHECKSUM_IN_THE_ETHERNET_HEADER -> {
                flags = 1;
                start = random.below(14);
            }
            case GSO_TYPE_UNKNOWN -> {
                type = random.pick(2, 3, 5, 6, 0x7f, 0x80, 0xff);
                size = 100;
            }
            case GSO_TYPE_UNASKED -> {
                type = !features.hostTso4() ? 1 : !features.hostTso6() ? 4 : 0x81;
                size = 100;
            }
            case GSO_WITHOUT_CHECKSUM -> {
                flags = 0;
                type = features.hostTso4() ? 1 : 4;
                size = 100;
            }
            case GSO_SIZE_0 -> {
                checksum = true;
                flags = 1;
                start = 14;
                offset = 0;
                type = features.hostTso4() ? 1 : 4;
                size = 0;
            }
            case HDR_LEN_LIES -> hdrLen = random.below(1 << 16);
            case FLAGS_UNKNOWN -> flags |= random.below(128) << 1;
            case NUM_BUFFERS_SET -> header.putShort(10, (short) random.next());
            case MEANINGLESS_FIELDS_SET -> {
                if (!checksum) {
                    start = random.below(1 << 16);
                    offset = random.below(1 << 16);
                }
                if (!segmented) {
                    size = random.below(1 << 16);
                    hdrLen = random.below(1 << 16);
                }
            }
            default -> {
            }
        }
        header.put(0, (byte) flags).put(1, (byte) type).putShort(2, (short) hdrLen).putShort(4, (short) size)
                .putShort(6, (short) start).putShort(8, (short) offset);
    }

    private void lay(byte[] all, int head, long place) {
        int header = features.headerBytes();
        if (rule == NetBreak.HEADER_CUT) {
            long at = write(all, 0, random.between(1, header + 13), head);
            chain.cut(at, Math.min(all.length, lastWritten), false, 3);
        } else if (random.rarely(2)) {
            guest.tables.put(place - FuzzGuest.TABLES, Arrays.copyOf(all, header));
            chain.cut(place, header, false, 3);
            if (all.length > header) {
                chain.cut(write(all, header, all.length - header, head), all.length - header, false, 4);
            }
        } else {
            chain.cut(write(all, 0, all.length, head), all.length, false, 5);
        }
    }

    private int lastWritten;

    private long write(byte[] all, int from, int bytes, int head) {
        lastWritten = Math.min(bytes, all.length - from);
        byte[] part = Arrays.copyOfRange(all, from, from + lastWritten);
        if (lastWritten <= SMALL) {
            guest.data.put((long) SMALL * head, part);
            return FuzzGuest.DATA + (long) SMALL * head;
        }
        guest.huge.put((long) LARGE_PLACE * head, part);
        return FuzzGuest.HUGE + (long) LARGE_PLACE * head;
    }
}
