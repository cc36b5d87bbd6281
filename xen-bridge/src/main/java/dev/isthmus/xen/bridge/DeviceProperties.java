package dev.isthmus.xen.bridge;

import org.jspecify.annotations.Nullable;

/** What a guest is told about its device. A value. */
public interface DeviceProperties<P> {
    /** What a guest that was told this would miss, said of the other device; null when it would miss nothing. */
    @Nullable
    String lostIn(P other);

    /** Whether a guest that was told this, and misses nothing, is to be told the other. */
    boolean isNewsIn(P other);
}
