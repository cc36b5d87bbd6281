package dev.isthmus.xen.netif;

/** Counters of a card that is none, for tests of other packages. */
public final class FakeCardCounters {
    private FakeCardCounters() {}

    public static NetifCounters create() {
        return new NetifCounters();
    }
}
