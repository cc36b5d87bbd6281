package dev.isthmus.e2e;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Our side of the port on which a guest or dom0 runs scripts; its side, and the lines exchanged, are in
 * {@code guest/agent}.
 */
final class GuestAgent implements AutoCloseable {

    private static final String MARK = "isthmus-guest: ";
    private static final String READY = MARK + "ready";
    private static final String BEGIN = MARK + "begin";
    private static final String EXIT = MARK + "exit ";

    private static final String RUN = MARK + "run ";

    /** What the host waits longer than the guest, so that the guest's word comes first. */
    private static final Duration GRACE = Duration.ofSeconds(20);

    private final LineSocket socket;
    private final int slowness;

    private GuestAgent(LineSocket socket, int slowness) {
        this.socket = socket;
        this.slowness = slowness;
    }

    static GuestAgent listen(Path path) throws IOException {
        return listen(path, 1);
    }

    /** @param slowness how many seconds of ours one of its own may take: a limit is on its clock */
    static GuestAgent listen(Path path, int slowness) throws IOException {
        return new GuestAgent(LineSocket.listen(path), slowness);
    }

    Path path() {
        return socket.path();
    }

    /** Forgets what it has said until now, because another one takes its place. */
    void forget() {
        socket.clear();
    }

    /** Waits until the guest takes a script: after its start, and after each script. */
    void awaitReady(Duration limit) throws InterruptedException {
        awaitLine(READY, limit);
    }

    /** Runs a script to its end, or until the guest kills it after the limit, and waits until it takes the next one. */
    Shell.Result run(String script, Duration limit) throws IOException, InterruptedException {
        start(script, limit);
        Duration longer = limit.plus(GRACE).multipliedBy(slowness);
        awaitLine(BEGIN, longer);
        List<String> output = new ArrayList<>();
        long deadline = System.nanoTime() + longer.toNanos();
        while (true) {
            String line = socket.next(remaining(deadline));
            if (line.startsWith(EXIT)) {
                awaitReady(GRACE.multipliedBy(slowness));
                return new Shell.Result(Integer.parseInt(line.substring(EXIT.length())), String.join("\n", output)
                        .strip());
            }
            output.add(line);
        }
    }

    /** Sends a script and does not wait for anything. */
    void start(String script, Duration limit) throws IOException {
        socket.send(script.strip() + "\n" + RUN + limit.toSeconds() + "\n");
    }

    private void awaitLine(String wanted, Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!socket.next(remaining(deadline)).equals(wanted)) {
            // What a script that was cut off by a reset had written, or the empty line before a mark.
            continue;
        }
    }

    private static Duration remaining(long deadline) {
        return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
