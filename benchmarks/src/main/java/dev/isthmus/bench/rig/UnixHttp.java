package dev.isthmus.bench.rig;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** HTTP over a Unix socket, as the management API speaks it. */
public final class UnixHttp {
    private static final double PATIENCE_SECONDS = 30;

    private UnixHttp() {}

    /**
     * Asks once.
     *
     * @return the answer with its head
     * @throws IOException also when the answer is another one than 200
     */
    public static String get(Path socket, String path) throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            String request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
            channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
            String answer = new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
            if (!answer.startsWith("HTTP/1.1 200 ")) {
                throw new IOException(path + " was answered: " + answer.lines().findFirst().orElse(""));
            }
            return answer;
        }
    }

    /** Asks until the answer is 200: management comes up later than the device. */
    public static void await(Path socket, String path) throws IOException {
        Retry.until(PATIENCE_SECONDS, () -> get(socket, path));
    }
}
