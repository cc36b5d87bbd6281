package dev.isthmus.net;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** The frame that tells switches where an address is now: a reverse ARP request for itself (RFC 903). */
final class Announcement {
    /** The shortest Ethernet frame without its checksum. */
    static final int BYTES = 60;

    private static final int MAC_BYTES = 6;
    private static final short ETHERTYPE_RARP = (short) 0x8035;
    private static final short HARDWARE_ETHERNET = 1;
    private static final short PROTOCOL_IPV4 = 0x0800;
    private static final byte IPV4_BYTES = 4;
    private static final short REVERSE_REQUEST = 3;

    private Announcement() {}

    /** @param mac 6 bytes */
    static byte[] frame(byte[] mac) {
        byte[] everybody = new byte[MAC_BYTES];
        Arrays.fill(everybody, (byte) 0xff);
        return ByteBuffer.allocate(BYTES)
                .put(everybody).put(mac).putShort(ETHERTYPE_RARP)
                .putShort(HARDWARE_ETHERNET).putShort(PROTOCOL_IPV4).put((byte) MAC_BYTES).put(IPV4_BYTES)
                .putShort(REVERSE_REQUEST)
                .put(mac).putInt(0)
                .put(mac).putInt(0)
                .array();
    }
}
