package dev.isthmus.xen.blkif;

/** Counters of a disk that is none. */
public final class FakeCounters {
    private FakeCounters() {}

    public static BlkifCounters create() {
        return new BlkifCounters();
    }
}
