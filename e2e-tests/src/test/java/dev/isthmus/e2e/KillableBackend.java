package dev.isthmus.e2e;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A back-end that is killed and started again, and what can be learned of how it came back. */
final class KillableBackend implements AutoCloseable {

    private static final Pattern WORKER = Pattern.compile("^vring-");
    /** The state after the name in parentheses: proc(5), /proc/pid/stat. */
    private static final Pattern WAITS_FOR_DISK = Pattern.compile("\\) D ");

    private static final Duration LOOK_AGAIN = Duration.ofMillis(2);

    private final Disk disk;
    private final List<String> options;
    private BackendProcess process;

    private KillableBackend(Disk disk, List<String> options, BackendProcess process) {
        this.disk = disk;
        this.options = options;
        this.process = process;
    }

    static KillableBackend serve(Disk disk, List<String> options) throws IOException, InterruptedException {
        return new KillableBackend(disk, options, BackendProcess.serve(disk.name(), options, disk));
    }

    /** SIGKILL; returns when the process is gone. */
    void kill() {
        process.close();
    }

    /** Does not wait for anything. */
    void startAgain() throws IOException {
        process = BackendProcess.launch(disk.name(), options, disk);
    }

    void awaitListening() throws IOException, InterruptedException {
        process.awaitListening();
    }

    /** By the threads: what comes next is over in less time than a question to the management takes. */
    void awaitRing() throws IOException, InterruptedException {
        await("ring to start", this::hasRing);
    }

    /** Until a thread waits for the disk, so that a request is certainly in flight; or until the limit. */
    void awaitDisk(Duration limit) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!hasTask("stat", WAITS_FOR_DISK) && deadline - System.nanoTime() > 0) {
            if (process.ends(Duration.ofMillis(1))) {
                throw new AssertionError("the back-end has ended");
            }
        }
    }

    /** Until the front-end has started a ring and the management can be asked. */
    void awaitConnection() throws IOException, InterruptedException {
        await("front-end to come back", this::isConnected);
    }

    private interface Look {
        boolean isSo() throws IOException;
    }

    private void await(String what, Look look) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + KillGuest.HANGS.toNanos();
        while (!look.isSo()) {
            if (process.ends(LOOK_AGAIN)) {
                throw new AssertionError("the back-end has ended");
            }
            if (deadline - System.nanoTime() < 0) {
                throw new AssertionError("the guest hangs: waited " + KillGuest.HANGS + " for a " + what);
            }
        }
    }

    private boolean hasRing() throws IOException {
        return hasTask("comm", WORKER);
    }

    /** Whether a thread's file in /proc has this in it. */
    private boolean hasTask(String file, Pattern wanted) throws IOException {
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(Path.of("/proc/" + process.pid() + "/task"))) {
            for (Path task : tasks) {
                if (wanted.matcher(read(task.resolve(file))).find()) {
                    return true;
                }
            }
            return false;
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return ""; // the thread ended meanwhile
        }
    }

    private boolean isConnected() {
        try {
            return phaseCount("configure") > 0;
        } catch (IOException e) {
            return false; // management comes after the disk
        }
    }

    /** The sum of a metric over all its labels. */
    long metric(String name) throws IOException {
        return Math.round(process.management().metric(name));
    }

    /** How often a part of a front-end's return was noted. */
    double phaseCount(String phase) throws IOException {
        return process.management().metric(recovery("count", phase));
    }

    double phaseMillis(String phase) throws IOException {
        return process.management().metric(recovery("sum", phase)) * 1000;
    }

    private String recovery(String sample, String phase) {
        return "isthmus_device_recovery_seconds_%s{device=\"%s\",phase=\"%s\"}".formatted(sample, disk.name(), phase);
    }

    boolean hasAotCache() throws IOException {
        return Files.readString(Path.of("/proc/" + process.pid() + "/maps")).contains("isthmus-blk.aot");
    }

    Program.Ended stop() throws InterruptedException {
        return process.stop();
    }

    /** Its log, and what it has counted that is not zero, if it still answers. */
    String describe() throws IOException {
        return "the back-end's log:\n" + process.log() + "\nits counters:\n" + counters();
    }

    private String counters() {
        try {
            return process.management().get("/actuator/prometheus").lines()
                    .filter(line -> line.matches("isthmus_(device|vring|blk)_.* .*[1-9].*") && !line.contains(
                            "_bucket")).collect(Collectors.joining("\n"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Override
    public void close() {
        process.close();
    }
}
