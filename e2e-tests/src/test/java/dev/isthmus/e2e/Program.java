package dev.isthmus.e2e;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A program that runs beside the test: its output goes to a file, and it is gone when this is closed. */
final class Program implements AutoCloseable {

    /** How a program ended after a signal. */
    record Ended(int exitStatus, Duration after) {
    }

    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);
    private static final int TAIL_CHARACTERS = 3000;

    private final Process process;
    private final Path log;
    private final Runnable undo;

    private Program(Process process, Path log) {
        this.process = process;
        this.log = log;
        undo = this::end;
        Leftovers.remember(undo);
    }

    static Program start(Path log, List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile())).start();
        return new Program(process, log);
    }

    /** The same for a program that is told what to do by {@link #send}. */
    static Program interactive(Path log, List<String> command) throws IOException {
        return new Program(new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start(),
                log);
    }

    /** Writes a line to the program's input. */
    void send(String line) throws IOException {
        process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.ISO_8859_1));
        process.getOutputStream().flush();
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** What the program wrote until now. */
    String output() throws IOException {
        // Not strict: a console may hold any byte.
        return new String(Files.readAllBytes(log), StandardCharsets.ISO_8859_1);
    }

    /** Where the program writes. */
    Path log() {
        return log;
    }

    /** Waits for the program's end; true if it came within the limit. */
    boolean ends(Duration limit) throws InterruptedException {
        return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    int exitStatus() {
        return process.exitValue();
    }

    /** Sends SIGTERM and waits. */
    Ended terminate(Duration limit) throws InterruptedException {
        long begin = System.nanoTime();
        process.destroy();
        if (!ends(limit)) {
            throw new AssertionError("process " + pid() + " still runs " + limit + " after SIGTERM, see " + log);
        }
        return new Ended(exitStatus(), Duration.ofNanos(System.nanoTime() - begin));
    }

    /** Sends SIGKILL and does not wait: a process that the kernel still works for ends later. */
    void kill() {
        process.destroyForcibly();
    }

    /** Not interruptible: whoever interrupts a test still wants its processes gone, and then what they stand on. */
    private void end() {
        process.destroyForcibly();
        process.onExit().orTimeout(CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS).join();
    }

    /** The same failure, with what the program wrote last. */
    AssertionError explained(AssertionError e) throws IOException {
        String all = output();
        String tail = all.substring(Math.max(0, all.length() - TAIL_CHARACTERS));
        return new AssertionError(e.getMessage() + "; the program " + (isAlive() ? "runs" : "has ended")
                + "; the end of "
                + log() + ":\n" + tail, e);
    }

    @Override
    public void close() {
        end();
        Leftovers.forget(undo);
    }
}
