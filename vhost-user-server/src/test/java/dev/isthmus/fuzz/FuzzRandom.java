package dev.isthmus.fuzz;

/**
 * Random numbers that repeat with their seed and allocate nothing: splitmix64 (Steele, Lea and Flood, "Fast splittable
 * pseudorandom number generators", 2014).
 */
public final class FuzzRandom {
    private static final long STEP = 0x9e3779b97f4a7c15L;

    private long state;

    /** Begins again, at the given one of the streams that belong to {@code seed}. */
    public void seed(long seed, long stream) {
        state = mix(seed) ^ mix(stream * STEP + 1);
    }

    public long next() {
        state += STEP;
        return mix(state);
    }

    private static long mix(long z) {
        long a = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        long b = (a ^ a >>> 27) * 0x94d049bb133111ebL;
        return b ^ b >>> 31;
    }

    /** 0 to {@code bound - 1}. */
    public int below(int bound) {
        return (int) ((next() >>> 33) % bound);
    }

    /** {@code low} to {@code high}, both included. */
    public int between(int low, int high) {
        return low + below(high - low + 1);
    }

    public boolean rarely(int oneIn) {
        return below(oneIn) == 0;
    }

    public <T> T pick(T[] from) {
        return from[below(from.length)];
    }

    public int pick(int... from) {
        return from[below(from.length)];
    }
}
