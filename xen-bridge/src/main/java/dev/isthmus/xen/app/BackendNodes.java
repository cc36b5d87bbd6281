package dev.isthmus.xen.app;

import dev.isthmus.xen.blkif.BlkifProperties;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The nodes in which a guest finds what its disk can: {@code public/io/blkif.h}. State last, as it says all is there.
 */
final class BackendNodes {
    /** {@code VDISK_READONLY}. */
    private static final int INFO_READ_ONLY = 4;

    private BackendNodes() {}

    /**
     * Before the guest sets up its rings.
     *
     * @param discard whether the toolstack allows it
     */
    static Map<String, String> offered(String backend, BlkifProperties disk, boolean discard) {
        Map<String, String> nodes = features(backend, disk, discard);
        nodes.put(backend + "/multi-queue-max-queues", Integer.toString(disk.queuesMax()));
        nodes.put(backend + "/max-ring-page-order", Integer.toString(disk.ringPageOrderMax()));
        nodes.put(backend + "/max-ring-pages", Integer.toString(1 << disk.ringPageOrderMax()));
        if (disk.indirectSegmentsMax() > 0) {
            nodes.put(backend + "/feature-max-indirect-segments", Integer.toString(disk.indirectSegmentsMax()));
        }
        // Where somebody waits for a hotplug script, this says that there is nothing to wait for.
        nodes.put(backend + "/hotplug-status", "connected");
        nodes.put(backend + "/state", XenbusState.INIT_WAIT.text());
        return nodes;
    }

    /** When its rings are served. */
    static Map<String, String> connected(String backend, BlkifProperties disk, boolean discard) {
        Map<String, String> nodes = features(backend, disk, discard);
        nodes.put(backend + "/sector-size", Integer.toString(disk.sectorBytes()));
        nodes.put(backend + "/physical-sector-size", Integer.toString(disk.physicalSectorBytes()));
        nodes.put(backend + "/info", Integer.toString(disk.readOnly() ? INFO_READ_ONLY : 0));
        nodes.putAll(resized(backend, disk));
        return nodes;
    }

    /** The state is written again, since that is what the guest watches. */
    static Map<String, String> resized(String backend, BlkifProperties disk) {
        Map<String, String> nodes = new LinkedHashMap<>();
        nodes.put(backend + "/sectors", Long.toString(disk.sectors()));
        nodes.put(backend + "/state", XenbusState.CONNECTED.text());
        return nodes;
    }

    private static Map<String, String> features(String backend, BlkifProperties disk, boolean discard) {
        Map<String, String> nodes = new LinkedHashMap<>();
        nodes.put(backend + "/feature-flush-cache", bit(disk.flush()));
        nodes.put(backend + "/feature-barrier", bit(disk.flush()));
        nodes.put(backend + "/feature-persistent", bit(false));
        nodes.put(backend + "/feature-discard", bit(disk.discard() && discard));
        if (disk.discard() && discard) {
            nodes.put(backend + "/discard-granularity", Integer.toString(disk.discardGranularityBytes()));
            nodes.put(backend + "/discard-alignment", Integer.toString(disk.discardAlignmentBytes()));
            nodes.put(backend + "/discard-secure", bit(false));
        }
        return nodes;
    }

    private static String bit(boolean set) {
        return set ? "1" : "0";
    }
}
