package dev.isthmus.vring;

/** Limits of this package. */
public final class Limits {
    /**
     * Chains of one ring that are taken before the driver sees what is done and the next ring of the worker has its
     * turn: enough to make publishing cheap, little enough that nobody waits for a whole queue. Measured at depth 32,
     * 8 against all at once: 3 times as many requests of a driver who polls, of no disk; 1.15 times as many of one who
     * sleeps, of an O_DIRECT disk.
     */
    static final int CHAINS_PER_TURN = 8;

    /** A ring without a kick descriptor is looked at this often while its worker has nothing else to do. */
    static final long POLLED_RING_NANOS = 50_000;

    /**
     * How long a failed worker waits for requests that others still hold. After that their guest memory is left mapped
     * for ever, which is a leak; unmapping it would be a write into a stranger's memory.
     */
    static final long ABANDON_NANOS = 10_000_000_000L;

    /** Workers of one connection. */
    public static final int WORKERS_MAX = 64;

    /** Longest time a worker may poll without work: a second of a whole core is a mistake, not a setting. */
    public static final long POLL_MICROS_MAX = 10_000;

    private Limits() {}
}
