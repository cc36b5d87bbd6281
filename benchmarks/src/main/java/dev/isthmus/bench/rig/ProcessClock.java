package dev.isthmus.bench.rig;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Processor time of a process from the moment counting begins (true) to that at which it ends (false). */
public final class ProcessClock implements Consumer<Boolean> {
    private final long pid;
    private @Nullable ProcessUsage begin;
    private @Nullable ProcessUsage end;

    public ProcessClock(long pid) {
        this.pid = pid;
    }

    /** @throws UncheckedIOException when the process is gone */
    @Override
    public void accept(Boolean counting) {
        try {
            if (counting) {
                begin = ProcessUsage.of(pid);
            } else {
                end = ProcessUsage.of(pid);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Of all its threads. */
    public long nanos() {
        if (begin == null || end == null) {
            throw new IllegalStateException("it was not counted from begin to end");
        }
        return end.nanosSince(begin);
    }

    /** {@link ProcessUsage#agreesSince}. */
    public boolean agrees() {
        return begin != null && end != null && end.agreesSince(begin);
    }
}
