package dev.isthmus.polling;

/**
 * How long a worker without work goes on polling before it sleeps: what the last pauses say would have been worth it.
 * Hot path, the worker's alone. Times are nanoseconds.
 *
 * <pre>
 *   pause          0 ........ window ........ longest .......
 *   the window     stays      doubles         halves, at last 0: sleep at once
 * </pre>
 *
 * <p>A pause longer than the longest window is polled through in vain, so it is better slept through from its
 * beginning; one that is shorter would have been met awake by a longer window. The rule follows Linux' halt polling
 * (Documentation/virt/kvm/halt-polling.rst).
 */
public final class PollWindow {
    /** Below this, a window costs less than finding out. */
    static final long LEAST_NANOS = 1000;

    private final long longestNanos;
    private long nanos;

    /** @param longestNanos 0: never poll */
    public PollWindow(long longestNanos) {
        this.longestNanos = longestNanos;
        this.nanos = longestNanos;
    }

    public long nanos() {
        return nanos;
    }

    /** Work came after so long, whether the worker polled or slept meanwhile. */
    public void pauseEnded(long pauseNanos) {
        if (pauseNanos <= nanos) {
            return;
        }
        if (pauseNanos > longestNanos) {
            nanos = nanos / 2 < LEAST_NANOS ? 0 : nanos / 2;
        } else {
            nanos = Math.min(longestNanos, Math.max(LEAST_NANOS, 2 * nanos));
        }
    }
}
