package dev.isthmus.xen.blkif;

import java.util.List;

/** What a guest wants served, as it wrote it to xenstore. Ring 0 first. */
public record BlkifConnection(BlkifProtocol protocol, List<BlkifRing> rings) {
    public BlkifConnection {
        rings = List.copyOf(rings);
    }
}
