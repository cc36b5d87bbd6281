package dev.isthmus.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a process holds at one moment, as its kernel tells (proc(5)).
 *
 * @param descriptors what is open, numbers left out, in order
 * @param threads names, in order; without the JVM's compilers, which come and go with their work
 * @param mappings lines of its memory map
 * @param guestMappings those of guest memory and inflight regions
 * @param residentKilobytes RssAnon and RssFile: what the process costs, and not its guest's pages
 */
record ProcessState(List<String> descriptors, List<String> threads, int mappings, int guestMappings,
        long residentKilobytes) {

    private static final Set<String> COMPILERS = Set.of("C1 CompilerThre", "C2 CompilerThre");

    static ProcessState of(long pid) throws IOException {
        Path process = Path.of("/proc", String.valueOf(pid));
        List<String> maps = Files.readAllLines(process.resolve("maps"));
        return new ProcessState(descriptors(process), threads(process), maps.size(), (int) maps.stream().filter(
                line -> line.contains("/memfd:isthmus")).count(), resident(process));
    }

    private static List<String> descriptors(Path process) throws IOException {
        try (Stream<Path> links = Files.list(process.resolve("fd"))) {
            return links.map(ProcessState::target).map(target -> target.replaceAll("[0-9]+", "N")).sorted().toList();
        }
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            return "closed since it was listed";
        }
    }

    private static List<String> threads(Path process) throws IOException {
        try (Stream<Path> tasks = Files.list(process.resolve("task"))) {
            return tasks.map(ProcessState::threadName).filter(name -> !COMPILERS.contains(name)).sorted().toList();
        }
    }

    private static String threadName(Path task) {
        try {
            return Files.readString(task.resolve("comm")).strip();
        } catch (IOException e) {
            return "ended since it was listed";
        }
    }

    private static long resident(Path process) throws IOException {
        try (Stream<String> lines = Files.lines(process.resolve("status"))) {
            return lines.filter(line -> line.startsWith("RssAnon:") || line.startsWith("RssFile:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", ""))).sum();
        }
    }

    /** Whether descriptors, threads and the mappings of guests are the same. */
    boolean holdsTheSameAs(ProcessState other) {
        return descriptors.equals(other.descriptors) && threads.equals(other.threads)
                && guestMappings == other.guestMappings;
    }

    String describe() {
        return "%d descriptors, %d threads, %d mappings, %d of them of guests, %d KiB resident (RssAnon + RssFile)"
                .formatted(descriptors.size(), threads.size(), mappings, guestMappings, residentKilobytes);
    }
}
