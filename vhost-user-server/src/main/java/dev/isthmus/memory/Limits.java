package dev.isthmus.memory;

/** Limits of this package. */
public final class Limits {
    /**
     * Regions of one front-end, also the answer to GET_MAX_MEM_SLOTS. libblkio wants one for each buffer it registers,
     * QEMU one for each module of hot-plugged memory (at most 512 on x86). A lookup is a binary search, so more only
     * costs mappings.
     */
    public static final int REGIONS_MAX = 512;

    private Limits() {}
}
