package dev.isthmus.vhostuser;

/** Legal sizes or counts: {@code min}, {@code min + step}, ... up to {@code max}. */
record Range(int min, int max, int step) {
    boolean contains(long value) {
        return value >= min && value <= max && (value - min) % step == 0;
    }

    /** As the end of a sentence such as "must be 8". */
    @Override
    public String toString() {
        if (min == max) {
            return Integer.toString(min);
        }
        return min + " to " + max + (step == 1 ? "" : " in steps of " + step);
    }
}
