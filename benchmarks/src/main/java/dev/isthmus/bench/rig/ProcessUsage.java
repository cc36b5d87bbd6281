package dev.isthmus.bench.rig;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Processor time of a process until now, by two clocks of the kernel.
 *
 * @param scheduledNanos of all threads that live, from {@code /proc/PID/task/N/schedstat}: exact to the tick in which a
 *     thread runs
 * @param tickNanos of all threads that ever lived, from {@code /proc/PID/stat}: exact to a hundredth of a second
 */
public record ProcessUsage(long scheduledNanos, long tickNanos) {
    /** USER_HZ, which is 100 on every Linux that Java runs on (proc_pid_stat(5)). */
    private static final long TICK_NANOS = 10_000_000;
    /** Fields 14 and 15 are utime and stime; counted from the state, which is field 3. */
    private static final int UTIME = 11;
    /** Rounding of both ticks, and the running thread's time since the last one. */
    private static final long CLOCK_SLACK_NANOS = 3 * TICK_NANOS;
    private static final double CLOCK_SLACK = 0.02;

    public static ProcessUsage of(long pid) throws IOException {
        Path process = Path.of("/proc", Long.toString(pid));
        long scheduled = 0;
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(process.resolve("task"))) {
            for (Path thread : threads) {
                scheduled += scheduled(thread.resolve("schedstat"));
            }
        }
        String stat = Files.readString(process.resolve("stat"));
        // The second field is the name in parentheses, which may hold anything but ends at the last one.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return new ProcessUsage(scheduled,
                TICK_NANOS * (Long.parseLong(fields[UTIME]) + Long.parseLong(fields[UTIME + 1])));
    }

    private static long scheduled(Path schedstat) throws IOException {
        try {
            String text = Files.readString(schedstat);
            return Long.parseLong(text.substring(0, text.indexOf(' ')));
        } catch (NoSuchFileException e) {
            return 0; // the thread ended while we looked
        }
    }

    /** Nanoseconds since an earlier look. */
    public long nanosSince(ProcessUsage earlier) {
        return agreesSince(earlier) ? scheduledNanos - earlier.scheduledNanos : tickNanos - earlier.tickNanos;
    }

    /** Whether both clocks tell the same since an earlier look; if not, a thread ended meanwhile: ticks are right. */
    public boolean agreesSince(ProcessUsage earlier) {
        long fine = scheduledNanos - earlier.scheduledNanos;
        long coarse = tickNanos - earlier.tickNanos;
        return Math.abs(fine - coarse) <= CLOCK_SLACK_NANOS + CLOCK_SLACK * coarse;
    }

    /**
     * Resident memory that is the process's own, in KiB: RssAnon and RssFile of {@code /proc/PID/status}. RssShmem is
     * left out: it has the guest's pages, mapped by whoever looked at them.
     */
    public static long residentKilobytes(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
                .filter(line -> line.startsWith("RssAnon:") || line.startsWith("RssFile:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", ""))).sum();
    }
}
