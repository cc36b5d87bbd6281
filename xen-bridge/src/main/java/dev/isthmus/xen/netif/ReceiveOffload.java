package dev.isthmus.xen.netif;

import dev.isthmus.frontend.net.NetLayout;
import dev.isthmus.linux.HostMemory;

/**
 * Says in words of netif.h what a virtio header says about a received frame. What the guest cannot be told, or does not
 * want to hear, is made here. Hot; the worker's alone.
 */
final class ReceiveOffload {
    private final FrameHeaders headers = new FrameHeaders();
    private final NetifConnection guest;
    private final NetifCounters counters;

    /** Of the frame last looked at: {@code NETRXF_}. */
    int flags;
    int gsoType;
    int gsoSize;

    ReceiveOffload(NetifConnection guest, NetifCounters counters) {
        this.guest = guest;
        this.counters = counters;
    }

    /** Reads the frame's virtio header. */
    DropCause read(Frame frame) {
        flags = 0;
        gsoType = NetifLayout.GSO_NONE;
        int said = HostMemory.u8(frame.header + NetLayout.FLAGS);
        int segments = HostMemory.u8(frame.header + NetLayout.GSO_TYPE) & ~NetLayout.GSO_ECN;
        if ((said & NetLayout.NEEDS_CSUM) == 0) {
            flags = (said & NetLayout.DATA_VALID) != 0 ? NetifLayout.RX_DATA_VALIDATED : 0;
            return segments == NetLayout.GSO_NONE ? DropCause.NONE : DropCause.BACKEND;
        }
        int start = HostMemory.u16(frame.header + NetLayout.CSUM_START);
        int field = HostMemory.u16(frame.header + NetLayout.CSUM_OFFSET);
        if (start + field + 2 > frame.headBytes()) {
            return DropCause.BACKEND;
        }
        boolean readable = headers.read(frame.head(), frame.headBytes());
        // The guest finds the checksum by itself, and only where it looks for it.
        boolean known = readable && headers.transport == start
                && SendOffload.field(headers, frame.headBytes()) == field;
        boolean v4 = headers.kind == FrameHeaders.IPV4;
        boolean told = known && (v4 ? guest.checksumV4() : guest.checksumV6());
        if (segments != NetLayout.GSO_NONE) {
            return told ? readGso(frame, segments, v4) : DropCause.BACKEND;
        }
        if (told) {
            flags = NetifLayout.RX_CSUM_BLANK | NetifLayout.RX_DATA_VALIDATED;
        } else {
            InternetChecksum.complete(frame, start, start + field);
            counters.softwareChecksums.increment();
            flags = NetifLayout.RX_DATA_VALIDATED;
        }
        return DropCause.NONE;
    }

    private DropCause readGso(Frame frame, int segments, boolean v4) {
        gsoSize = HostMemory.u16(frame.header + NetLayout.GSO_SIZE);
        boolean wanted = v4 ? segments == NetLayout.GSO_TCPV4 && guest.gsoV4()
                : segments == NetLayout.GSO_TCPV6 && guest.gsoV6();
        if (!wanted || gsoSize == 0) {
            return DropCause.BACKEND;
        }
        gsoType = v4 ? NetifLayout.GSO_TCPV4 : NetifLayout.GSO_TCPV6;
        flags = NetifLayout.RX_CSUM_BLANK | NetifLayout.RX_DATA_VALIDATED | NetifLayout.RX_EXTRA_INFO;
        return DropCause.NONE;
    }
}
