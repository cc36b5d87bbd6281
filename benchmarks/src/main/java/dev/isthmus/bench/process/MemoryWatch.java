package dev.isthmus.bench.process;

import dev.isthmus.bench.rig.ProcessUsage;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The most memory a process has while it is watched, looked at every {@value #LOOK_MILLIS} ms. */
final class MemoryWatch implements AutoCloseable {
    private static final int LOOK_MILLIS = 50;

    private final long pid;
    private final CountDownLatch end = new CountDownLatch(1);
    private final Thread thread = Thread.ofPlatform().daemon().name("memory-watch").unstarted(this::watch);
    private volatile long kilobytes;

    private MemoryWatch(long pid) {
        this.pid = pid;
    }

    static MemoryWatch start(long pid) {
        var watch = new MemoryWatch(pid);
        watch.thread.start();
        return watch;
    }

    private void watch() {
        try {
            do {
                kilobytes = Math.max(kilobytes, ProcessUsage.residentKilobytes(pid));
            } while (!end.await(LOOK_MILLIS, TimeUnit.MILLISECONDS));
        } catch (IOException e) {
            kilobytes = 0; // it is gone, as whoever loads it finds out
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** RssAnon + RssFile until now, in units of 2^20 bytes. */
    double mostMegabytes() {
        return kilobytes / 1024.0;
    }

    @Override
    public void close() {
        end.countDown();
    }
}
