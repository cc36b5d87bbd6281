package dev.isthmus.e2e;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** QEMU's machine protocol: one JSON object a line (QEMU, docs/interop/qmp-spec.rst). */
final class Qmp implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(20);

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

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
