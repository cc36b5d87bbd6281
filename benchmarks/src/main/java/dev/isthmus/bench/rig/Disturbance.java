package dev.isthmus.bench.rig;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * How much processor time others took meanwhile: other programs, the kernel's own threads, and the hypervisor. What
 * this program started counts as others' until it has ended.
 */
public final class Disturbance {
    /** proc_stat(5): user, nice, system, idle, iowait, irq, softirq, steal; guest is in user already. */
    private static final List<Integer> BUSY = List.of(0, 1, 2, 5, 6, 7);
    /** proc_pid_stat(5): utime, stime, and both of the children that ended; counted from the state. */
    private static final List<Integer> OWN = List.of(11, 12, 13, 14);
    private static final double TICKS_PER_SECOND = 100;

    private final long busy = busyTicks();
    private final long own = ownTicks();
    private final long nanos = System.nanoTime();

    private Disturbance() throws IOException {}

    public static Disturbance begin() throws IOException {
        return new Disturbance();
    }

    /** Processors that others kept busy since the beginning, such as 0.5; call it when what was started has ended. */
    public double processors() throws IOException {
        double ticks = busyTicks() - busy - (ownTicks() - own);
        return Math.max(0, ticks / TICKS_PER_SECOND / ((System.nanoTime() - nanos) / 1e9));
    }

    private static long busyTicks() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/stat"))) {
            return sum(lines.findFirst().orElse("").substring("cpu ".length()).strip(), BUSY);
        }
    }

    private static long ownTicks() throws IOException {
        String stat = Files.readString(Path.of("/proc/self/stat"));
        return sum(stat.substring(stat.lastIndexOf(')') + 2), OWN);
    }

    private static long sum(String line, List<Integer> fields) {
        String[] values = line.split(" ", -1);
        return fields.stream().mapToLong(field -> Long.parseLong(values[field])).sum();
    }
}
