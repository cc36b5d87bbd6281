package dev.isthmus.vhostuser;

import java.util.Arrays;
import java.util.Random;

/** Messages of a front-end that mostly keeps the rules; each is broken in one of several ways now and then. */
final class MessageGenerator {
    /** A message and how many descriptors go with it. */
    record Generated(byte[] bytes, int fds) {}

    private static final int[] CODES = {1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 24, 25, 31,
        32, 36, 37, 38};
    private static final int[] WITHOUT_A_ROW = {0, 6, 7, 22, 23, 27, 34, 45, 46, 1000, -1};

    private final Random random;

    MessageGenerator(Random random) {
        this.random = random;
    }

    Generated next() {
        int code = rarely(60) ? WITHOUT_A_ROW[random.nextInt(WITHOUT_A_ROW.length)] : CODES[random.nextInt(
                CODES.length)];
        byte[] payload = payload(code);
        int fds = descriptors(code, payload);
        if (rarely(30)) {
            fds = random.nextInt(12);
        }
        if (rarely(20) && payload.length > 0) {
            payload[random.nextInt(payload.length)] ^= (byte) (1 << random.nextInt(8));
        }
        byte[] bytes = Wire.message(code, 1 | (random.nextBoolean() ? Wire.NEED_REPLY : 0), payload);
        if (rarely(15)) {
            // Anywhere in the header: code, version, flags, size.
            bytes[random.nextInt(12)] ^= (byte) (1 << random.nextInt(8));
        }
        if (rarely(40)) {
            bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
        }
        return new Generated(bytes, fds);
    }

    private byte[] payload(int code) {
        return switch (code) {
            case 2, 16, 19, 20 -> Wire.payload().u64(random.nextLong()).bytes();
            case 5 -> memoryTable();
            case 8 -> Wire.payload().u32(index()).u32(queueSize()).bytes();
            case 9 -> Wire.payload().u32(index()).u32(rarely(10) ? random.nextInt() : random.nextInt(2))
                    .u64(random.nextLong()).u64(random.nextLong()).u64(random.nextLong()).u64(random.nextLong())
                    .bytes();
            case 10, 11 -> Wire.payload().u32(index()).u32(rarely(10) ? random.nextInt() : random.nextInt(65536))
                    .bytes();
            case 12, 13, 14 -> Wire.payload().u64(index() & 0xffL | (rarely(4) ? 0x100 : 0)).bytes();
            case 18 -> Wire.payload().u32(index()).u32(random.nextInt(rarely(10) ? 5 : 2)).bytes();
            case 24, 25 -> config();
            case 31, 32 -> Wire.payload().u64(rarely(4) ? random.nextLong() : 1 << 24).u64(random.nextLong())
                    .u16(random.nextInt(6)).u16(queueSize()).raw(new byte[rarely(2) ? 4 : 0]).bytes();
            case 37, 38 -> Wire.payload().u64(0).raw(region()).bytes();
            default -> new byte[0];
        };
    }

    private static int descriptors(int code, byte[] payload) {
        return switch (code) {
            case 5 -> payload[0];
            case 12, 13, 14 -> payload[1] == 0 ? 1 : 0;
            case 21, 32, 37 -> 1;
            default -> 0;
        };
    }

    private byte[] memoryTable() {
        int regions = random.nextInt(9);
        Wire table = Wire.payload().u32(regions).u32(random.nextInt());
        for (int i = 0; i < regions; i++) {
            table.raw(region());
        }
        return table.bytes();
    }

    private byte[] region() {
        return Wire.region(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
    }

    private byte[] config() {
        int size = random.nextInt(257);
        byte[] contents = new byte[size];
        random.nextBytes(contents);
        return Wire.payload().u32(random.nextInt(300)).u32(rarely(20) ? random.nextInt() : size)
                .u32(rarely(20) ? random.nextInt() : random.nextInt(2)).raw(contents).bytes();
    }

    private int index() {
        return rarely(20) ? random.nextInt() : random.nextInt(4);
    }

    private int queueSize() {
        return rarely(10) ? random.nextInt() : 1 << random.nextInt(16);
    }

    private boolean rarely(int oneIn) {
        return random.nextInt(oneIn) == 0;
    }
}
