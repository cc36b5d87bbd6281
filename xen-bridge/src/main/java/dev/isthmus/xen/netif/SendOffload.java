package dev.isthmus.xen.netif;

import dev.isthmus.frontend.net.NetLayout;
import dev.isthmus.linux.HostMemory;

/**
 * Makes a virtio header of what a guest says about a frame it sends. netif.h says only that a checksum or segments are
 * to be made, virtio wants to know where: the headers tell. Hot; the worker's alone.
 */
final class SendOffload {
    private static final int TCP_BYTES_MIN = 20;
    private static final int TCP_CHECKSUM = 16;
    private static final int TCP_DATA_OFFSET = 12;
    private static final int UDP_BYTES = 8;
    private static final int UDP_CHECKSUM = 6;

    private final NetifCounters counters;
    private long features;

    SendOffload(NetifCounters counters) {
        this.counters = counters;
    }

    /** What the back-end makes for us. */
    void features(long negotiated) {
        features = negotiated;
    }

    /**
     * Fills the virtio header of a frame whose headers were read.
     *
     * @param blank whether the checksum is to be made
     * @param gsoType of netif.h
     * @param gsoSize bytes of a segment, u16
     */
    DropCause describe(Frame frame, FrameHeaders headers, boolean blank, int gsoType, int gsoSize) {
        HostMemory.putU64(frame.header, 0);
        HostMemory.putU32(frame.header + Long.BYTES, 0);
        if (!blank && gsoType == NetifLayout.GSO_NONE) {
            return DropCause.NONE;
        }
        int field = field(headers, frame.headBytes());
        if (field < 0) {
            return DropCause.CHECKSUM;
        }
        if (gsoType != NetifLayout.GSO_NONE) {
            return describeGso(frame, headers, blank, gsoType, gsoSize);
        }
        if ((features & NetLayout.F_CSUM) != 0) {
            describeChecksum(frame, headers.transport, field);
        } else {
            InternetChecksum.complete(frame, headers.transport, headers.transport + field);
            counters.softwareChecksums.increment();
        }
        return DropCause.NONE;
    }

    /** Where in TCP's or UDP's header the checksum is; -1 when there is none to be made. */
    static int field(FrameHeaders headers, int headBytes) {
        boolean ip = headers.kind == FrameHeaders.IPV4 || headers.kind == FrameHeaders.IPV6;
        if (!ip || headers.fragment) {
            return -1;
        }
        int visible = headBytes - headers.transport;
        if (headers.protocol == FrameHeaders.TCP && visible >= TCP_BYTES_MIN) {
            return TCP_CHECKSUM;
        }
        return headers.protocol == FrameHeaders.UDP && visible >= UDP_BYTES ? UDP_CHECKSUM : -1;
    }

    private static void describeChecksum(Frame frame, int start, int field) {
        HostMemory.putU8(frame.header + NetLayout.FLAGS, NetLayout.NEEDS_CSUM);
        HostMemory.putU16(frame.header + NetLayout.CSUM_START, start);
        HostMemory.putU16(frame.header + NetLayout.CSUM_OFFSET, field);
    }

    private DropCause describeGso(Frame frame, FrameHeaders headers, boolean blank, int gsoType, int gsoSize) {
        boolean v4 = gsoType == NetifLayout.GSO_TCPV4;
        boolean fits = headers.kind == (v4 ? FrameHeaders.IPV4 : FrameHeaders.IPV6)
                && headers.protocol == FrameHeaders.TCP && gsoSize > 0
                && (features & (v4 ? NetLayout.F_HOST_TSO4 : NetLayout.F_HOST_TSO6)) != 0;
        if (!fits) {
            return DropCause.GSO;
        }
        int tcpBytes = (HostMemory.u8(frame.head() + headers.transport + TCP_DATA_OFFSET) >> 4) * 4;
        int headerBytes = headers.transport + tcpBytes;
        if (tcpBytes < TCP_BYTES_MIN || headerBytes > frame.headBytes()) {
            return DropCause.HEADERS;
        }
        if (!blank) {
            // Such front-ends exist, netback says: then the field is anything.
            FrameHeaders.putU16(frame.head() + headers.transport + TCP_CHECKSUM,
                    InternetChecksum.pseudoHeader(headers, frame.head(), frame.bytes - headers.transport));
        }
        describeChecksum(frame, headers.transport, TCP_CHECKSUM);
        HostMemory.putU8(frame.header + NetLayout.GSO_TYPE,
                v4 ? NetLayout.GSO_TCPV4 : NetLayout.GSO_TCPV6);
        HostMemory.putU16(frame.header + NetLayout.GSO_SIZE, gsoSize);
        HostMemory.putU16(frame.header + NetLayout.HDR_LEN, headerBytes);
        return DropCause.NONE;
    }
}
