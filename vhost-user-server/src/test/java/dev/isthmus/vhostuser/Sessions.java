package dev.isthmus.vhostuser;

/** What sessions of the tests have negotiated; bits as the specification numbers them. */
final class Sessions {
    static final long OFFERED = 1L << 30 | 1L << 32;
    static final long PROTOCOL_FEATURES =
            1L << 0 | 1L << 2 | 1L << 3 | 1L << 4 | 1L << 5 | 1L << 9 | 1L << 10 | 1L << 12 | 1L << 15;

    private Sessions() {}

    static Negotiated everythingNegotiated(int queues) {
        return new Negotiated(OFFERED, true, OFFERED, PROTOCOL_FEATURES, queues);
    }
}
