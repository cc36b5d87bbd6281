package dev.isthmus.xen.blkif;

import dev.isthmus.xen.bridge.DeviceProperties;
import org.jspecify.annotations.Nullable;

/**
 * What a guest is told about its disk. Sectors are 512 bytes whatever {@link #sectorBytes} is, as in every request: so
 * Linux' blkback and blkfront count.
 *
 * @param sectors of 512 bytes
 * @param sectorBytes logical block size: requests begin and end at its multiples
 * @param physicalSectorBytes a multiple of it
 * @param flush whether the back-end has a cache that wants flushing; with it come flushes and barriers
 * @param discard whether discards do something
 * @param discardGranularityBytes 0 without discard
 * @param discardAlignmentBytes of the first such unit
 * @param queuesMax rings a guest may have
 * @param ringPageOrderMax a ring has at most 2 to this pages
 * @param indirectSegmentsMax segments of an indirect request; 0: there are none
 */
public record BlkifProperties(long sectors, int sectorBytes, int physicalSectorBytes, boolean readOnly, boolean flush,
        boolean discard, int discardGranularityBytes, int discardAlignmentBytes, int queuesMax, int ringPageOrderMax,
        int indirectSegmentsMax) implements DeviceProperties<BlkifProperties> {
    @Override
    public @Nullable String lostIn(BlkifProperties other) {
        if (other.sectors < sectors) {
            return "with " + other.sectors + " instead of " + sectors + " sectors";
        }
        if (other.sectorBytes != sectorBytes) {
            return "with sectors of " + other.sectorBytes + " instead of " + sectorBytes + " bytes";
        }
        if (other.readOnly && !readOnly) {
            return "read-only";
        }
        if (flush && !other.flush) {
            return "without flush";
        }
        if (discard && !other.discard) {
            return "without discard";
        }
        return other.indirectSegmentsMax < indirectSegmentsMax
                ? "with " + other.indirectSegmentsMax + " instead of " + indirectSegmentsMax + " segments"
                : null;
    }

    /** Linux' front-end looks at nothing but the size anew. */
    @Override
    public boolean isNewsIn(BlkifProperties other) {
        return other.sectors != sectors;
    }
}
