package dev.isthmus.xen.netif;

import java.io.ByteArrayOutputStream;
import java.util.HexFormat;
import java.util.Random;

/** Frames as a guest or its network makes them. Offsets are written down anew. */
final class Frames {
    static final byte[] GUEST = HexFormat.of().parseHex("00163e010203");
    static final byte[] OTHER = HexFormat.of().parseHex("525400aabbcc");
    private static final byte[] V4 = HexFormat.of().parseHex("0a0000010a000002");
    private static final byte[] V6 =
            HexFormat.of().parseHex("fd000000000000000000000000000001fd000000000000000000000000000002");

    private Frames() {}

    static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    static byte[] fromGuest(int type, byte[]... payload) {
        return join(OTHER, GUEST, u16(type), join(payload));
    }

    static byte[] u16(int value) {
        return new byte[] {(byte) (value >> 8), (byte) value};
    }

    static byte[] ipv4(int protocol, byte[] payload) {
        byte[] header = join(bytes("45 00"), u16(20 + payload.length), bytes("0000 4000 40"), bytes(hex(protocol)),
                bytes("0000"), V4);
        return join(header, payload);
    }

    static byte[] ipv6(int next, byte[] payload) {
        return join(bytes("60000000"), u16(payload.length), bytes(hex(next)), bytes("40"), V6, payload);
    }

    private static String hex(int value) {
        return HexFormat.of().toHexDigits((byte) value);
    }

    /** A TCP segment whose checksum field holds the sum of the pseudo header, as drivers leave it. */
    static byte[] tcp(boolean v4, int data) {
        byte[] segment = join(bytes("0400 0050 00000001 00000002 5018 1000 0000 0000"), random(data));
        putU16(segment, 16, pseudo(v4, 6, segment.length));
        return segment;
    }

    static byte[] udp(boolean v4, int data) {
        byte[] packet = join(bytes("0400 0035"), u16(8 + data), bytes("0000"), random(data));
        putU16(packet, 6, pseudo(v4, 17, packet.length));
        return packet;
    }

    static byte[] frame(boolean v4, boolean tcp, int data) {
        byte[] packet = tcp ? tcp(v4, data) : udp(v4, data);
        return v4 ? fromGuest(0x0800, ipv4(tcp ? 6 : 17, packet)) : fromGuest(0x86dd, ipv6(tcp ? 6 : 17, packet));
    }

    static int pseudo(boolean v4, int protocol, int length) {
        return fold(sum(v4 ? V4 : V6, 0) + protocol + length);
    }

    static long sum(byte[] bytes, int from) {
        long sum = 0;
        for (int i = from; i < bytes.length; i++) {
            sum += (long) (bytes[i] & 0xff) << ((i - from) % 2 == 0 ? 8 : 0);
        }
        return sum;
    }

    static int fold(long sum) {
        long folded = sum;
        while (folded > 0xffff) {
            folded = (folded & 0xffff) + (folded >> 16);
        }
        return (int) folded;
    }

    /** Whether the checksum of what begins at {@code start} is right. */
    static boolean isRight(byte[] frame, int start, boolean v4, int protocol) {
        return fold(sum(frame, start) + pseudo(v4, protocol, frame.length - start)) == 0xffff;
    }

    static void putU16(byte[] bytes, int at, int value) {
        bytes[at] = (byte) (value >> 8);
        bytes[at + 1] = (byte) value;
    }

    /** A virtio header, little-endian. */
    static byte[] header(int flags, int gsoType, int hdrLen, int gsoSize, int start, int offset) {
        byte[] header = new byte[12];
        header[0] = (byte) flags;
        header[1] = (byte) gsoType;
        int[] numbers = {hdrLen, gsoSize, start, offset};
        for (int i = 0; i < numbers.length; i++) {
            header[2 + 2 * i] = (byte) numbers[i];
            header[3 + 2 * i] = (byte) (numbers[i] >> 8);
        }
        return header;
    }
}
