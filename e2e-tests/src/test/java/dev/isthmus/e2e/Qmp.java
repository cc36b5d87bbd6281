package dev.isthmus.e2e;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** QEMU's machine protocol: one JSON object a line (QEMU, docs/interop/qmp-spec.rst). */
final class Qmp implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final LineSocket socket;
    private boolean greeted;

    private Qmp(LineSocket socket) {
        this.socket = socket;
    }

    static Qmp listen(Path path) throws IOException {
        return new Qmp(LineSocket.listen(path));
    }

    Path path() {
        return socket.path();
    }

    /** Executes a command without arguments and returns QEMU's answer. */
    String execute(String command) throws IOException, InterruptedException {
        return execute(command, "{}");
    }

    /**
     * Executes a command; an error fails the test.
     *
     * @param arguments a JSON object, without line ends
     */
    String execute(String command, String arguments) throws IOException, InterruptedException {
        if (!greeted) {
            greeted = true;
            execute("qmp_capabilities", "{}");
        }
        socket.send("{\"execute\": \"%s\", \"arguments\": %s}\n".formatted(command, arguments));
        while (true) {
            String line = socket.next(LIMIT);
            if (line.startsWith("{\"return\"")) {
                return line;
            }
            if (line.startsWith("{\"error\"")) {
                throw new AssertionError(command + " " + arguments + ": " + line);
            }
            // The greeting, or an event.
        }
    }

    /** Executes a command again and again while QEMU refuses it with such an error, which is to go away by itself. */
    void executeWhen(String errorGone, String command, String arguments) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        while (true) {
            try {
                execute(command, arguments);
                return;
            } catch (AssertionError e) {
                boolean refused = String.valueOf(e.getMessage()).contains(errorGone);
                if (!refused || System.nanoTime() - begin > LIMIT.toNanos()) {
                    throw e;
                }
                LockSupport.parkNanos(LOOK_NANOS);
            }
        }
    }

    /** Asks again and again until the answer is as it should be. */
    void awaitUntil(String command, String arguments, Predicate<String> wanted)
            throws IOException, InterruptedException {
        long begin = System.nanoTime();
        String answer = execute(command, arguments);
        while (!wanted.test(answer)) {
            if (System.nanoTime() - begin > LIMIT.toNanos()) {
                throw new AssertionError(command + " " + arguments + " still says after " + LIMIT + ": " + answer);
            }
            LockSupport.parkNanos(LOOK_NANOS);
            answer = execute(command, arguments);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
