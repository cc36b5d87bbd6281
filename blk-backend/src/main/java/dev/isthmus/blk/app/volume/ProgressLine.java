package dev.isthmus.blk.app.volume;

import dev.isthmus.blk.store.volume.Progress;
import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Progress with a bar and a rate: on a terminal a line that changes, elsewhere a line now and then. */
final class ProgressLine implements Progress, AutoCloseable {
    private static final int BAR_WIDTH = 30;
    private static final int PERCENT = 100;
    private static final long TERMINAL_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long FILE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final PrintStream stream;
    private final String what;
    private final boolean terminal;
    private final long begin = System.nanoTime();
    private long last = begin;
    private boolean shown;

    ProgressLine(PrintStream stream, String what, boolean terminal) {
        this.stream = stream;
        this.what = what;
        this.terminal = terminal;
    }

    @Override
    public void at(long doneBytes, long totalBytes) {
        long now = System.nanoTime();
        boolean due = now - last >= (terminal ? TERMINAL_NANOS : FILE_NANOS);
        if (due || shown && doneBytes == totalBytes) {
            last = now;
            shown = true;
            String line = line(doneBytes, totalBytes, now - begin);
            stream.print(terminal ? "\r" + line : line + "\n");
            stream.flush();
        }
    }

    private String line(long done, long total, long nanos) {
        int percent = total == 0 ? PERCENT : (int) (PERCENT * (double) done / total);
        int filled = BAR_WIDTH * percent / PERCENT;
        double rate = done / (double) (1 << 20) / Math.max(nanos / 1e9, 1e-3);
        return String.format(Locale.ROOT, "%s [%s%s] %3d%%  %s of %s  %.0f MiB/s ", what, "#".repeat(filled),
                " ".repeat(BAR_WIDTH - filled), percent, HumanSize.of(done), HumanSize.of(total), rate);
    }

    @Override
    public void close() {
        if (terminal && shown) {
            stream.println();
        }
    }
}
