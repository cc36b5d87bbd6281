package dev.isthmus.bench.rig;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Processor time of some threads of another process, by their names as the kernel has them: 15 characters. */
public final class ThreadClock {
    private ThreadClock() {}

    /** Nanoseconds until now of those threads that are there; proc(5), {@code /proc/PID/task/TID/schedstat}. */
    public static long nanos(long pid, Predicate<String> names) throws IOException {
        try (Stream<Path> tasks = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
            List<Path> present = tasks.toList();
            long sum = 0;
            for (Path task : present) {
                sum += nanos(task, names);
            }
            return sum;
        }
    }

    private static long nanos(Path task, Predicate<String> names) {
        try {
            return names.test(read(task.resolve("comm"))) ? Long.parseLong(read(task.resolve("schedstat")).split(" ",
                    2)[0]) : 0;
        } catch (IOException e) {
            return 0; // it has ended meanwhile
        }
    }

    private static String read(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.ISO_8859_1).strip();
    }
}
