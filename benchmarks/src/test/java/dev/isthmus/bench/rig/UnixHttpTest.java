package dev.isthmus.bench.rig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnixHttpTest {
    @TempDir
    Path directory;

    /** Answers one request after the other with these; completes with the requests. */
    private static CompletableFuture<String> serve(ServerSocketChannel listener, List<String> answers) {
        return CompletableFuture.supplyAsync(() -> {
            var requests = new StringBuilder();
            for (String answer : answers) {
                try (SocketChannel client = listener.accept()) {
                    var request = ByteBuffer.allocate(1024);
                    while (!new String(request.array(), StandardCharsets.US_ASCII).contains("\r\n\r\n")) {
                        client.read(request);
                    }
                    requests.append(new String(request.array(), 0, request.position(), StandardCharsets.US_ASCII));
                    client.write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.US_ASCII)));
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            }
            return requests.toString();
        });
    }

    private ServerSocketChannel listen(Path socket) throws IOException {
        return ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(socket));
    }

    @Test
    void answerIsReturnedWithItsHead() throws IOException {
        Path socket = directory.resolve("s");
        try (ServerSocketChannel listener = listen(socket)) {
            CompletableFuture<String> requests = serve(listener, List.of("HTTP/1.1 200 OK\r\n\r\nyes\n"));

            assertThat(UnixHttp.get(socket, "/path")).isEqualTo("HTTP/1.1 200 OK\r\n\r\nyes\n");
            assertThat(requests.join()).startsWith("GET /path HTTP/1.1\r\n");
        }
    }

    @Test
    void answerThatIsNotOkIsAnError() throws IOException {
        Path socket = directory.resolve("s");
        try (ServerSocketChannel listener = listen(socket)) {
            serve(listener, List.of("HTTP/1.1 503 Service Unavailable\r\n\r\n"));

            assertThatIOException().isThrownBy(() -> UnixHttp.get(socket, "/health"))
                    .withMessage("/health was answered: HTTP/1.1 503 Service Unavailable");
        }
    }

    @Test
    void whatComesUpLaterIsAwaited() throws IOException {
        Path socket = directory.resolve("s");
        try (ServerSocketChannel listener = listen(socket)) {
            CompletableFuture<String> requests = serve(listener,
                    List.of("HTTP/1.1 503 Service Unavailable\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n"));

            UnixHttp.await(socket, "/health");

            assertThat(requests.join()).containsSubsequence("GET /health", "GET /health");
        }
    }
}
