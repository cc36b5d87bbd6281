package dev.isthmus.net;

import dev.isthmus.linux.HostMemory;
import dev.isthmus.net.uplink.Offloads;

/**
 * Checks headers, in memory of ours, against what was negotiated, and leaves in them only what was checked. Hot path.
 */
final class HeaderCheck {
    private static final int CHECKSUM_BYTES = 2;
    private static final int TCP_HEADER_BYTES = 20;

    /** Without VIRTIO_NET_HDR_F_RSC_INFO, and what may come after it. */
    private static final int FLAGS_TO_GUEST = FrameHeader.F_NEEDS_CSUM | FrameHeader.F_DATA_VALID;

    private final Offloads fromGuest;
    private final Offloads toGuest;
    private final long plainBytesMax;

    /** @param plainBytesMax largest frame to the guest that is not segmented */
    HeaderCheck(long features, long plainBytesMax) {
        this.fromGuest = NetFeatures.fromGuest(features);
        this.toGuest = NetFeatures.toGuest(features);
        this.plainBytesMax = plainBytesMax;
    }

    /**
     * A header the driver wrote (virtio 1.3, 5.1.6.2). What it may have written without meaning is cleared, and {@code
     * hdr_len}, which is a hint that must not be relied on, made true.
     */
    DropCause fromGuest(long header, long frameBytes) {
        boolean checksum = (HostMemory.u8(header + FrameHeader.FLAGS) & FrameHeader.F_NEEDS_CSUM) != 0;
        int gsoType = HostMemory.u8(header + FrameHeader.GSO_TYPE);
        int start = HostMemory.u16(header + FrameHeader.CSUM_START);
        int offset = HostMemory.u16(header + FrameHeader.CSUM_OFFSET);
        if (checksum) {
            if (!fromGuest.checksum()) {
                return DropCause.CHECKSUM_NOT_NEGOTIATED;
            }
            boolean inside = start >= Limits.ETHERNET_HEADER_BYTES && start + offset + CHECKSUM_BYTES <= frameBytes;
            if (!inside) {
                return DropCause.CHECKSUM_OUTSIDE;
            }
        }
        if (gsoType == FrameHeader.GSO_NONE) {
            HostMemory.putU16(header + FrameHeader.HDR_LEN, 0);
            HostMemory.putU16(header + FrameHeader.GSO_SIZE, 0);
        } else {
            DropCause cause = segmentation(gsoType, fromGuest, checksum, header);
            if (cause != DropCause.NONE) {
                return cause;
            }
            headerLength(header, start, offset, frameBytes);
        }
        HostMemory.putU8(header + FrameHeader.FLAGS, checksum ? FrameHeader.F_NEEDS_CSUM : 0);
        if (!checksum) {
            HostMemory.putU16(header + FrameHeader.CSUM_START, 0);
            HostMemory.putU16(header + FrameHeader.CSUM_OFFSET, 0);
        }
        HostMemory.putU16(header + FrameHeader.NUM_BUFFERS, 0);
        return DropCause.NONE;
    }

    private static DropCause segmentation(int gsoType, Offloads negotiated, boolean checksum, long header) {
        int type = gsoType & ~FrameHeader.GSO_ECN;
        boolean known = type == FrameHeader.GSO_TCPV4 && negotiated.tso4()
                || type == FrameHeader.GSO_TCPV6 && negotiated.tso6();
        boolean ecn = type != gsoType;
        if (!known || ecn && !negotiated.ecn()) {
            return DropCause.GSO_TYPE;
        }
        if (!checksum) {
            return DropCause.GSO_WITHOUT_CHECKSUM;
        }
        return HostMemory.u16(header + FrameHeader.GSO_SIZE) == 0 ? DropCause.GSO_SIZE : DropCause.NONE;
    }

    /** Linux gives up a frame whose headers end before its checksum or behind its end. */
    private static void headerLength(long header, int start, int offset, long frameBytes) {
        int length = HostMemory.u16(header + FrameHeader.HDR_LEN);
        if (length < start + offset + CHECKSUM_BYTES || length > frameBytes) {
            HostMemory.putU16(header + FrameHeader.HDR_LEN, (int) Math.min(frameBytes, start + TCP_HEADER_BYTES));
        }
    }

    /** A header an uplink wrote, before the driver sees it (5.1.6.4.1). */
    DropCause toGuest(long header, long frameBytes) {
        int gsoType = HostMemory.u8(header + FrameHeader.GSO_TYPE);
        boolean checksum = (HostMemory.u8(header + FrameHeader.FLAGS) & FrameHeader.F_NEEDS_CSUM) != 0;
        if (checksum && !toGuest.checksum()) {
            return DropCause.OFFLOAD_NOT_NEGOTIATED;
        }
        int flags = HostMemory.u8(header + FrameHeader.FLAGS);
        HostMemory.putU8(header + FrameHeader.FLAGS, toGuest.checksum() ? flags & FLAGS_TO_GUEST : 0);
        if (gsoType == FrameHeader.GSO_NONE) {
            return frameBytes > plainBytesMax ? DropCause.TOO_LONG : DropCause.NONE;
        }
        return segmentation(gsoType, toGuest, checksum, header) == DropCause.NONE ? DropCause.NONE
                : DropCause.OFFLOAD_NOT_NEGOTIATED;
    }
}
