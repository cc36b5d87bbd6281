package dev.isthmus.bench.net;

/** What a case's figures are in, under the names they have in the JSON. */
enum Unit {
    /** Frames between two programs. */
    FRAMES("mpps", "cpu_ns_per_frame", 1e9 / 1e6),
    /** TCP between a guest and its host, whose processor time is the guest's too. */
    TCP("gbps", "cpu_s_per_gb", 8);

    private final String rate;
    private final String cost;
    private final double costOfARate;

    Unit(String rate, String cost, double costOfARate) {
        this.rate = rate;
        this.cost = cost;
        this.costOfARate = costOfARate;
    }

    /** Millions of frames, or 10^9 bits, a second. */
    String rate() {
        return rate;
    }

    /** Nanoseconds for a frame, or seconds for 10^9 bytes. */
    String cost() {
        return cost;
    }

    /**
     * Figures of a measurement.
     *
     * @param rate in this unit
     * @param processors how many were kept busy
     */
    Figures figures(double rate, double processors) {
        return new Figures(rate, processors * costOfARate / rate);
    }
}
