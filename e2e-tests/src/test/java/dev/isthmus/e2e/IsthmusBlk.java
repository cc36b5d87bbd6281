package dev.isthmus.e2e;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Our back-end as its launcher starts it. */
final class IsthmusBlk implements BlkServer {

    private static final int START_ATTEMPTS = 1500;
    private static final int ATTEMPT_MILLIS = 20;
    private static final int END_SECONDS = 10;

    private final Process process;
    private final Path socket;

    private IsthmusBlk(Process process, Path socket) {
        this.process = process;
        this.socket = socket;
    }

    static IsthmusBlk start(Path image, Path socket, int queues) throws IOException, InterruptedException {
        var process = new ProcessBuilder(StockClients.TREE.resolve("bin/isthmus-blk").toString(),
                "--socket-path=" + socket, "--blk-file=" + image, "--num-queues=" + queues)
                .inheritIO()
                .start();
        for (int attempt = 0; attempt < START_ATTEMPTS; attempt++) {
            if (process.waitFor(ATTEMPT_MILLIS, TimeUnit.MILLISECONDS)) {
                throw new IOException("isthmus-blk ended at its start with status " + process.exitValue());
            }
            if (accepts(socket)) {
                return new IsthmusBlk(process, socket);
            }
        }
        process.destroyForcibly();
        throw new IOException("isthmus-blk does not listen on " + socket);
    }

    private static boolean accepts(Path socket) {
        try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return channel.connect(UnixDomainSocketAddress.of(socket));
        } catch (IOException notYet) {
            return false;
        }
    }

    @Override
    public Path socket() {
        return socket;
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("isthmus-blk did not end on SIGTERM within " + END_SECONDS + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted before isthmus-blk had ended");
        } finally {
            process.destroyForcibly();
        }
        if (process.exitValue() != 0) {
            throw new IOException("isthmus-blk ended with status " + process.exitValue());
        }
    }
}
