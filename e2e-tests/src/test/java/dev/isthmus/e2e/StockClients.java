package dev.isthmus.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * vhost-user-blk clients as Debian 13 ships them: qemu-io and libblkio's example programs. Each runs as one process in
 * a root directory of its own, which is made on first use (e2e-tests/clients/build-clients.sh). They see the directory
 * of the back-end's socket as {@code /sockets}.
 */
final class StockClients {

    private static final Duration BUILD_LIMIT = Duration.ofMinutes(20);

    private final Path scripts;
    private final Path root;

    private StockClients(Path scripts, Path root) {
        this.scripts = scripts;
        this.root = root;
    }

    /** What a client left behind: its exit status, and all it printed. */
    record Result(int status, String output) {
    }

    /** Makes the root directory, if it is not there, which takes up to a minute and root's rights. */
    static StockClients build() throws IOException, InterruptedException {
        var scripts = Host.ROOT.resolve("e2e-tests/clients");
        var directory = Host.ROOT.resolve("target/clients");
        var build = new ProcessBuilder(scripts.resolve("build-clients.sh").toString(), directory.toString());
        var result = result(build, BUILD_LIMIT);
        if (result.status() != 0) {
            throw new IOException("build-clients.sh ended with status " + result.status() + ": " + result.output());
        }
        return new StockClients(scripts, directory.resolve("root"));
    }

    /** The beginning of a command that runs Debian 13's QEMU. */
    List<String> qemu() {
        return List.of(scripts.resolve("qemu.sh").toString(), root.toString());
    }

    /** Runs a client to its end. One that has not ended after the limit is killed, and that is an error. */
    Result run(Path socket, Duration limit, List<String> command) throws IOException, InterruptedException {
        return result(builder(socket, command), limit);
    }

    /** Starts a client whose output nobody wants. The process is the client itself: killing it kills the client. */
    Process start(Path socket, List<String> command) throws IOException {
        return builder(socket, command).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private ProcessBuilder builder(Path socket, List<String> command) {
        var words = new ArrayList<String>();
        words.add(scripts.resolve("client.sh").toString());
        words.add(root.toString());
        words.add(socket.getParent().toString());
        words.addAll(command);
        return new ProcessBuilder(words);
    }

    private static Result result(ProcessBuilder builder, Duration limit) throws IOException, InterruptedException {
        var output = Files.createTempFile("client", ".out");
        try {
            var process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
            try {
                if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                    throw new IOException("not ended after " + limit + ": " + builder.command() + ": "
                            + Files.readString(output));
                }
                return new Result(process.exitValue(), Files.readString(output));
            } finally {
                process.destroyForcibly();
            }
        } finally {
            Files.deleteIfExists(output);
        }
    }
}
