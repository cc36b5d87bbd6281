package dev.isthmus.xen.netif;

import dev.isthmus.frontend.net.NetLayout;
import java.util.List;

/**
 * What a guest wants served, as it wrote it to xenstore. Queue 0 first.
 *
 * @param scatterGather whether it takes frames of more than one slot
 * @param gsoV4 whether it takes frames larger than its MTU: TCP over IPv4
 * @param gsoV6 TCP over IPv6
 * @param checksumV4 whether it takes frames without a checksum: TCP and UDP over IPv4
 * @param checksumV6 over IPv6
 * @param notifies whether it says when it has put slots into a receive ring
 * @param takenOver whether a predecessor of this process may have served the rings
 */
public record NetifConnection(List<NetifQueue> queues, boolean scatterGather, boolean gsoV4, boolean gsoV6,
        boolean checksumV4, boolean checksumV6, boolean notifies, boolean takenOver) {
    public NetifConnection {
        queues = List.copyOf(queues);
    }

    /** Feature bits of virtio-net that are of no use to this guest. */
    long unwanted() {
        boolean large = scatterGather && checksumV4;
        return (checksumV4 ? 0 : NetLayout.F_GUEST_CSUM)
                | (large && gsoV4 ? 0 : NetLayout.F_GUEST_TSO4)
                | (large && gsoV6 && checksumV6 ? 0 : NetLayout.F_GUEST_TSO6);
    }
}
