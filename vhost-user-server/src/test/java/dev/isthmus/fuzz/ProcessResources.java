package dev.isthmus.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * What a leak would show in this process: open descriptors of the kinds that front-ends bring and of files that are no
 * part of a program, shared mappings of memfds, and threads of the project.
 */
public record ProcessResources(List<String> descriptors, List<String> mappings, List<String> threads) {

    private static final long LIMIT_NANOS = 10_000_000_000L;
    private static final long LOOK_NANOS = 1_000_000;
    private static final List<String> OWN_THREADS = List.of("vring-", "frontend-", "store-", "ring-watchdog", "close-",
            "scribbler", "blkif-", "guest-load");

    /** As it is now. */
    public static ProcessResources now() {
        return new ProcessResources(openDescriptors(), sharedMappings(), ownThreads());
    }

    /**
     * Fails if within some seconds there does not come a moment with nothing more than this: a thread that has said its
     * last word still ends, and so may one that somebody else left behind.
     */
    public void expectAgain() {
        long begin = System.nanoTime();
        ProcessResources more = now().without(this);
        while (!more.isNothing() && System.nanoTime() - begin < LIMIT_NANOS) {
            LockSupport.parkNanos(LOOK_NANOS);
            more = now().without(this);
        }
        if (!more.isNothing()) {
            throw new AssertionError("left behind: " + more + ", before there was " + this);
        }
    }

    private ProcessResources without(ProcessResources others) {
        return new ProcessResources(without(descriptors, others.descriptors), without(mappings, others.mappings),
                without(threads, others.threads));
    }

    /** One less for each of {@code others}. */
    private static List<String> without(List<String> all, List<String> others) {
        List<String> rest = new ArrayList<>(all);
        others.forEach(rest::remove);
        return List.copyOf(rest);
    }

    private boolean isNothing() {
        return descriptors.isEmpty() && mappings.isEmpty() && threads.isEmpty();
    }

    private static List<String> openDescriptors() {
        try (Stream<Path> links = Files.list(Path.of("/proc/self/fd"))) {
            return links.map(ProcessResources::target)
                    .filter(ProcessResources::isOurs)
                    .map(t -> t.replaceAll("[0-9]+", "N")).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The JVM opens archives, libraries and devices when it likes. */
    private static boolean isOurs(String target) {
        boolean ofAProgram = target.startsWith("/dev/") || target.startsWith("/proc/") || target.startsWith("/sys/")
                || target.matches(".*(\\.jar|\\.so[.0-9]*|\\.jsa|\\.aot|/modules)");
        return target.startsWith("anon_inode:") || target.startsWith("socket:")
                || target.startsWith("/") && !ofAProgram;
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            return ""; // closed since it was listed
        }
    }

    private static List<String> sharedMappings() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"), StandardCharsets.UTF_8)) {
            return lines.filter(line -> line.contains("/memfd:"))
                    .map(line -> line.substring(line.indexOf("/memfd:"))).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> ownThreads() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName)
                .filter(name -> OWN_THREADS.stream().anyMatch(name::startsWith))
                .sorted().toList();
    }
}
