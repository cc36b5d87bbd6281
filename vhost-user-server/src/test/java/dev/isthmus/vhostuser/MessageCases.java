package dev.isthmus.vhostuser;

import dev.isthmus.fuzz.FuzzRandom;
import dev.isthmus.vhostuser.ProtocolViolation.Rule;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Requests of a front-end that keep all rules the decoder knows, or break exactly the one that was asked for. Knows
 * nothing of the session's memory and rings. {@link MessageGenerator} flips bits instead, and cannot say what follows.
 */
final class MessageCases {
    static final int QUEUES = 4;

    /** The rules that bytes and descriptors of a request can break, whatever the session's state. */
    static final Rule[] RULES = {Rule.VERSION, Rule.RESERVED_FLAGS, Rule.REPLY_FLAG, Rule.PAYLOAD_LIMIT,
        Rule.TRUNCATED, Rule.DESCRIPTORS_LATE, Rule.UNKNOWN_REQUEST, Rule.NOT_NEGOTIATED, Rule.PAYLOAD_SIZE,
        Rule.DESCRIPTOR_COUNT, Rule.QUEUE_INDEX, Rule.QUEUE_SIZE, Rule.VRING_BASE, Rule.VRING_ENABLE,
        Rule.VRING_ADDR_FLAGS, Rule.VRING_FD_FLAGS, Rule.REGION_COUNT, Rule.CONFIG_SIZE, Rule.CONFIG_FLAGS,
        Rule.INFLIGHT};

    private static final int[] CODES = {1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 24, 25, 31,
        32, 36, 37, 38};
    private static final int[] GATED = {17, 18, 19, 20, 21, 24, 25, 31, 32, 36, 37, 38};
    private static final int[] WITH_INDEX = {8, 9, 10, 11, 12, 13, 14, 18};
    private static final int[] WITHOUT_A_ROW = {0, 6, 7, 22, 23, 26, 27, 34, 35, 39, 45, 46, 77, 1000, -1};
    private static final int CONFIG_MAX = 256;

    private final FuzzRandom random;
    private int code;
    private int flags;
    private byte[] payload = {};
    private int fds;
    private boolean late;
    private int cutTo;

    MessageCases(FuzzRandom random) {
        this.random = random;
    }

    int code() {
        return code;
    }

    int fds() {
        return fds;
    }

    /** Whether the descriptors come with the second byte instead of the first. */
    boolean descriptorsLate() {
        return late;
    }

    /** Header and payload, perhaps cut off. */
    byte[] bytes() {
        byte[] whole = Wire.message(code, flags, payload);
        return cutTo < whole.length ? Arrays.copyOf(whole, cutTo) : whole;
    }

    boolean needReply() {
        return (flags & Wire.NEED_REPLY) != 0;
    }

    /** Makes the next request; null: one that keeps all rules. */
    void make(@Nullable Rule broken) {
        code = codeFor(broken);
        flags = Wire.VERSION | (random.rarely(2) ? Wire.NEED_REPLY : 0);
        payload = payloadOf(code, broken);
        fds = fdsOf(code, payload);
        late = false;
        cutTo = Integer.MAX_VALUE;
        if (broken != null) {
            breakFrame(broken);
        }
    }

    private int codeFor(@Nullable Rule broken) {
        if (broken == null) {
            return random.pick(CODES);
        }
        return switch (broken) {
            case NOT_NEGOTIATED -> random.pick(GATED);
            case UNKNOWN_REQUEST -> random.pick(WITHOUT_A_ROW);
            case QUEUE_INDEX -> random.pick(WITH_INDEX);
            case QUEUE_SIZE -> 8;
            case VRING_BASE -> 10;
            case VRING_ENABLE -> 18;
            case VRING_ADDR_FLAGS -> 9;
            case VRING_FD_FLAGS, DESCRIPTORS_LATE -> random.pick(12, 13, 14);
            case REGION_COUNT -> 5;
            case CONFIG_SIZE -> random.pick(24, 25);
            case CONFIG_FLAGS -> 25;
            case INFLIGHT -> random.pick(31, 32);
            default -> random.pick(CODES);
        };
    }

    private void breakFrame(Rule broken) {
        switch (broken) {
            case VERSION -> flags = flags & ~3 | random.pick(0, 2, 3);
            case RESERVED_FLAGS -> flags |= 1 << random.between(4, 31);
            case REPLY_FLAG -> flags |= Wire.REPLY;
            case PAYLOAD_LIMIT -> payload = new byte[random.between(12 + CONFIG_MAX + 1, 4096)];
            case TRUNCATED -> cutTo = 1 + random.below(12 + payload.length - 1);
            case PAYLOAD_SIZE -> payload = otherSize();
            case DESCRIPTOR_COUNT -> fds = otherCount();
            case DESCRIPTORS_LATE -> {
                fds = Math.max(1, fds);
                late = true;
            }
            default -> {
            }
        }
    }

    private byte[] otherSize() {
        return switch (code) {
            case 24, 25 -> new byte[random.below(12)];
            case 31, 32 -> new byte[random.below(20)];
            case 5 -> new byte[8 + 32 * random.below(8) + random.between(1, 31)];
            default -> new byte[random.rarely(4) || payload.length == 0 ? payload.length + random.between(1, 100)
                    : random.below(payload.length)];
        };
    }

    private int otherCount() {
        int legal = fds;
        int other = random.below(12);
        boolean tolerated = code == 38 && other <= 1;
        return other == legal || tolerated ? legal + 2 : other;
    }

    private byte[] payloadOf(int which, @Nullable Rule broken) {
        return switch (which) {
            case 2, 16, 19, 20 -> Wire.payload().u64(random.next()).bytes();
            case 5 -> memoryTable(broken == Rule.REGION_COUNT);
            case 8 -> Wire.payload().u32(index(broken)).u32(queueSize(broken == Rule.QUEUE_SIZE)).bytes();
            case 9 -> Wire.payload().u32(index(broken))
                    .u32(broken == Rule.VRING_ADDR_FLAGS ? 2L << random.below(31) : random.below(2))
                    .u64(random.next()).u64(random.next()).u64(random.next()).u64(random.next()).bytes();
            case 10 -> Wire.payload().u32(index(broken))
                    .u32(broken == Rule.VRING_BASE ? 1L << random.between(16, 31) : random.below(1 << 16)).bytes();
            case 11 -> Wire.payload().u32(index(broken)).u32(random.next()).bytes();
            case 12, 13, 14 -> vringFd(broken);
            case 18 -> Wire.payload().u32(index(broken))
                    .u32(broken == Rule.VRING_ENABLE ? 2 + random.below(1 << 30) : random.below(2)).bytes();
            case 24, 25 -> config(which, broken);
            case 31, 32 -> inflight(which, broken == Rule.INFLIGHT);
            case 37, 38 -> Wire.payload().u64(random.next()).raw(region()).bytes();
            default -> new byte[0];
        };
    }

    private byte[] vringFd(@Nullable Rule broken) {
        long u64 = index(broken) & 0xff;
        if (broken == Rule.VRING_FD_FLAGS) {
            u64 |= 1L << random.between(9, 63);
        }
        return Wire.payload().u64(u64 | (random.rarely(4) && broken != Rule.DESCRIPTORS_LATE ? Code.NO_FD : 0)).bytes();
    }

    private static int fdsOf(int which, byte[] payload) {
        return switch (which) {
            case 5 -> (payload.length - 8) / 32;
            case 12, 13, 14 -> (payload[1] & 1) == 0 ? 1 : 0;
            case 21, 32, 37 -> 1;
            default -> 0;
        };
    }

    private byte[] memoryTable(boolean wrongCount) {
        int regions = random.below(9);
        int count = wrongCount ? regions + 1 + random.below(1 << 20) : regions;
        Wire table = Wire.payload().u32(count).u32(random.next());
        for (int i = 0; i < regions; i++) {
            table.raw(region());
        }
        return table.bytes();
    }

    private byte[] region() {
        return Wire.region(random.next(), random.next(), random.next(), random.next());
    }

    private byte[] config(int which, @Nullable Rule broken) {
        int size = random.below(CONFIG_MAX + 1);
        long flagsField = which == 24 ? random.next() : random.below(2);
        long sizeField = broken == Rule.CONFIG_SIZE ? size + 1 + random.below(1 << 20) : size;
        return Wire.payload().u32(random.below(300)).u32(sizeField)
                .u32(broken == Rule.CONFIG_FLAGS ? 2L << random.below(31) : flagsField).raw(new byte[size]).bytes();
    }

    /** With or without the padding of a C structure. */
    private byte[] inflight(int which, boolean wrong) {
        int queues = random.between(1, QUEUES);
        int size = 1 << random.below(16);
        long needed = queues * ((16 + 16L * size + 63) / 64 * 64);
        boolean tooFewBytes = wrong && which == 32 && random.rarely(2);
        if (wrong && !tooFewBytes) {
            queues = random.rarely(2) ? 0 : random.between(QUEUES + 1, 0xffff);
        }
        long bytes = tooFewBytes ? random.below((int) needed) : needed + random.below(100);
        return Wire.payload().u64(bytes).u64(random.next()).u16(queues).u16(size).raw(new byte[random.rarely(2) ? 4
                : 0])
                .bytes();
    }

    private long index(@Nullable Rule broken) {
        return broken == Rule.QUEUE_INDEX ? random.between(QUEUES, 255) : random.below(QUEUES);
    }

    private long queueSize(boolean wrong) {
        int exponent = random.below(16);
        if (!wrong) {
            return 1L << exponent;
        }
        return random.rarely(3) ? 0 : random.rarely(2) ? 1L << random.between(16, 31) : 3L << exponent;
    }
}
