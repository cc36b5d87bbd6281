package dev.isthmus.bench.rig;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A process that is measured. Its output goes to a file, which every message of a failure quotes. */
public final class Server {
    private static final double START_SECONDS = 30;
    private static final double STOP_SECONDS = 10;
    private static final double KILL_SECONDS = 5;
    private static final double LOOK_AGAIN_SECONDS = 0.005;

    /** In the kernel's list of sockets, the flag of one that listens (include/linux/net.h, SO_ACCEPTCON). */
    private static final String LISTENING = "00010000";

    private final Process process;
    private final Path log;
    private final double stopSeconds;

    private Server(Process process, Path log, double stopSeconds) {
        this.process = process;
        this.log = log;
        this.stopSeconds = stopSeconds;
    }

    /**
     * Starts a server. The command must become the server (exec), so that the process's number is the server's.
     *
     * @param log file for what it prints; made, or made anew
     */
    public static Server start(Cleanup cleanup, Pin pin, Path log, List<String> command) throws IOException {
        return start(cleanup, pin, log, command, STOP_SECONDS);
    }

    /** The same for a server that may take so long to end. */
    public static Server start(Cleanup cleanup, Pin pin, Path log, List<String> command, double stopSeconds)
            throws IOException {
        return cleanup.make(() -> new Server(
                new ProcessBuilder(pin.server(command)).redirectErrorStream(true).redirectOutput(log.toFile())
                        .redirectInput(Path.of("/dev/null").toFile()).start(),
                log, stopSeconds), Server::stop);
    }

    public long pid() {
        return process.pid();
    }

    /** Takes its processor away until {@link #goOn}: for one that polls while nothing is asked of it. */
    public void hold() throws IOException {
        Tool.run("kill", "-STOP", Long.toString(pid()));
    }

    /** Gives it back. */
    public void goOn() throws IOException {
        Tool.run("kill", "-CONT", Long.toString(pid()));
    }

    /** Waits until it listens at a socket. To connect would begin a session, so the kernel's list is looked at. */
    public void awaitListening(Path socket) throws IOException {
        long deadline = System.nanoTime() + (long) (START_SECONDS * 1e9);
        while (!Tool.waitFor(process, LOOK_AGAIN_SECONDS) && !isListening(socket)) {
            if (System.nanoTime() > deadline) {
                throw failure("does not listen at " + socket + " after " + START_SECONDS + " s");
            }
        }
        expectAlive();
    }

    /** Waits until it has said something. */
    public void awaitSaid(String text, double seconds) throws IOException {
        long deadline = System.nanoTime() + (long) (seconds * 1e9);
        while (!Tool.waitFor(process, LOOK_AGAIN_SECONDS) && !Files.readString(log, StandardCharsets.ISO_8859_1)
                .contains(
                        text)) {
            if (System.nanoTime() > deadline) {
                throw failure("has not said \"" + text + "\" after " + seconds + " s");
            }
        }
        expectAlive();
    }

    private void expectAlive() throws IOException {
        if (!process.isAlive()) {
            throw failure("ended with status " + process.exitValue());
        }
    }

    private boolean isListening(Path socket) throws IOException {
        // Of its network, which may be another one than ours.
        Path sockets = Path.of("/proc", Long.toString(pid()), "net/unix");
        try (Stream<String> lines = Files.lines(sockets)) {
            return lines.anyMatch(line -> line.contains(LISTENING) && line.endsWith(" " + socket));
        }
    }

    /** Whether it maps a file of this name; only a part of the name needs to be said. */
    public boolean maps(String name) throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(pid()), "maps"))) {
            return lines.anyMatch(line -> line.contains(name));
        }
    }

    /** What is wrong with it, with the end of its output. */
    public IOException failure(String what) {
        return new IOException(process.info().command().orElse("server") + " (process " + pid() + ") " + what
                + outputEnd());
    }

    private String outputEnd() {
        try {
            List<String> lines = Files.readString(log, StandardCharsets.ISO_8859_1).lines().toList();
            return ":\n" + String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
        } catch (IOException e) {
            return "; its output is gone";
        }
    }

    /** Asks it to end, and makes it: qemu-storage-daemon has been seen to forget that it was asked. */
    private void stop() throws IOException {
        if (process.isAlive()) {
            goOn();
        }
        process.destroy();
        if (!Tool.waitFor(process, stopSeconds)) {
            process.destroyForcibly();
            if (!Tool.waitFor(process, KILL_SECONDS)) {
                throw failure("cannot be killed");
            }
        }
    }
}
