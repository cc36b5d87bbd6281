package dev.isthmus.e2e;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Scanner;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A Unix socket to which a program of ours connects, read line by line by a thread of its own.
 *
 * <p>We listen and the program connects: so nothing is ever said before we hear, and nobody has to try again.
 */
final class LineSocket implements AutoCloseable {

    private static final String END = new String("end of file");
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(20);

    private final Path path;
    private final ServerSocketChannel server;
    private final CompletableFuture<SocketChannel> peer = new CompletableFuture<>();
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final Consumer<String> listener;

    private LineSocket(Path path, ServerSocketChannel server, @Nullable Consumer<String> listener) {
        this.path = path;
        this.server = server;
        this.listener = listener == null ? lines::add : listener;
        Thread.ofPlatform().daemon().name("lines-" + path.getFileName()).start(this::readLines);
    }

    /** Lines are kept until somebody asks for the {@linkplain #next next}. */
    static LineSocket listen(Path path) throws IOException {
        return listen(path, null);
    }

    /** @param listener gets each line as it comes, on the socket's thread; null: they are kept */
    static LineSocket listen(Path path, @Nullable Consumer<String> listener) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(path));
        return new LineSocket(path, server, listener);
    }

    Path path() {
        return path;
    }

    /** Sends text as it is; the caller brings the line ends. */
    void send(String text) throws IOException {
        SocketChannel channel = peer.orTimeout(CONNECT_LIMIT.toMillis(), TimeUnit.MILLISECONDS).join();
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** The next line, without its end. */
    String next(Duration limit) throws InterruptedException {
        String line = lines.poll(limit.toMillis(), TimeUnit.MILLISECONDS);
        if (line == null) {
            throw new AssertionError(path.getFileName() + ": no line within " + limit);
        }
        if (isEnd(line)) {
            lines.add(END);
            throw new AssertionError(path.getFileName() + ": the other side is gone");
        }
        return line;
    }

    /** Drops the lines nobody has asked for, but not the end. */
    void clear() {
        lines.removeIf(line -> !isEnd(line));
    }

    @SuppressWarnings("ReferenceEquality") // the mark is told by its identity: a peer may write the same words
    private static boolean isEnd(String line) {
        return line == END;
    }

    private void readLines() {
        try (server; SocketChannel channel = server.accept()) {
            peer.complete(channel);
            Scanner scanner = new Scanner(Channels.newReader(channel, StandardCharsets.ISO_8859_1)).useDelimiter(
                    "\r?\n");
            while (scanner.hasNext()) {
                listener.accept(scanner.next());
            }
        } catch (IOException e) {
            peer.completeExceptionally(e);
        } finally {
            lines.add(END);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        if (peer.isDone() && !peer.isCompletedExceptionally()) {
            peer.join().close();
        }
    }
}
