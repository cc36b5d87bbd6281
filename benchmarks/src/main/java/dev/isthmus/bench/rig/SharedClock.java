package dev.isthmus.bench.rig;

import java.util.function.Consumer;

/**
 * Processor time of a process while several loads are counted at once: from the moment the last of them begins to the
 * one at which the first ends. Each load's thread calls it.
 */
public final class SharedClock implements Consumer<Boolean> {
    private final int loads;
    private final ProcessClock clock;
    private int begun;
    private boolean ended;
    private long beginNanos;
    private long endNanos;

    public SharedClock(long pid, int loads) {
        this.loads = loads;
        this.clock = new ProcessClock(pid);
    }

    @Override
    public synchronized void accept(Boolean counting) {
        if (counting) {
            begun++;
            if (begun == loads && !ended) {
                clock.accept(true);
                beginNanos = System.nanoTime();
            }
        } else if (!ended) {
            ended = true;
            clock.accept(false);
            endNanos = System.nanoTime();
        }
    }

    /**
     * How many processors it kept busy on average.
     *
     * @throws IllegalStateException when one load ended before all had begun
     */
    public synchronized double processors() {
        return (double) clock.nanos() / (endNanos - beginNanos);
    }
}
