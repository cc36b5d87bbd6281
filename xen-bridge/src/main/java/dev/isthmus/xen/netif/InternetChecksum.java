package dev.isthmus.xen.netif;

import dev.isthmus.linux.HostMemory;

/** RFC 1071, over memory; hot. Numbers are those of the headers: big-endian. */
final class InternetChecksum {
    /** TCP or UDP, and the number of the protocol: RFC 9293, 3.1; RFC 8200, 8.1. */
    private static final int V4_SOURCE = 12;
    private static final int V4_ADDRESSES = 8;
    private static final int V6_SOURCE = 8;
    private static final int V6_ADDRESSES = 32;

    private InternetChecksum() {}

    /** Adds bytes to a sum; the first is the higher of its pair. */
    static long sum(long at, int bytes, long before) {
        long sum = before;
        int i = 0;
        for (; i + 1 < bytes; i += 2) {
            sum += FrameHeaders.u16(at + i);
        }
        return i < bytes ? sum + (HostMemory.u8(at + i) << 8) : sum;
    }

    /** A sum of 16 bits. */
    static int fold(long sum) {
        long folded = sum;
        while (folded >>> 16 != 0) {
            folded = (folded & 0xffff) + (folded >>> 16);
        }
        return (int) folded;
    }

    /** What a driver leaves in the field of a checksum that others are to make: the sum of the pseudo header. */
    static int pseudoHeader(FrameHeaders headers, long at, int transportBytes) {
        boolean v4 = headers.kind == FrameHeaders.IPV4;
        long addresses = at + headers.network + (v4 ? V4_SOURCE : V6_SOURCE);
        return fold(sum(addresses, v4 ? V4_ADDRESSES : V6_ADDRESSES, headers.protocol) + transportBytes);
    }

    /**
     * Makes the checksum of a frame whose field holds the sum of the pseudo header.
     *
     * @param start where the sum begins in the frame
     * @param field where the checksum is in the frame; both in its first piece
     */
    static void complete(Frame frame, int start, int field) {
        long sum = 0;
        boolean odd = false;
        for (int i = 0; i < frame.pieces; i++) {
            int from = i == 0 ? start : 0;
            int bytes = frame.lengths[i] - from;
            long part = fold(sum(frame.addresses[i] + from, bytes, 0));
            // Behind an odd number of bytes high and low are exchanged, and so they are in the sum.
            sum += odd ? (part & 0xff) << 8 | part >> 8 : part;
            odd ^= (bytes & 1) != 0;
        }
        int checksum = ~fold(sum) & 0xffff;
        // 0 is for UDP without a checksum; TCP takes either.
        FrameHeaders.putU16(frame.head() + field, checksum == 0 ? 0xffff : checksum);
    }
}
