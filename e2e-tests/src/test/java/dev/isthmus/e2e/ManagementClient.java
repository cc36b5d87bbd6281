package dev.isthmus.e2e;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Asks a back-end's management socket, one connection a question. */
final class ManagementClient {

    private final Path socket;

    private ManagementClient(Path socket) {
        this.socket = socket;
    }

    /** The place a back-end chooses by itself: beside its first socket. */
    static ManagementClient of(Disk first) {
        return new ManagementClient(Path.of(first.socket() + ".management"));
    }

    static ManagementClient at(Path socket) {
        return new ManagementClient(socket);
    }

    String get(String path) throws IOException {
        return ask("GET", path);
    }

    String post(String path) throws IOException {
        return ask("POST", path);
    }

    /** The value of the one sample of a metric with these labels in the Prometheus text, or the sum of several. */
    double metric(String sample) throws IOException {
        return get("/actuator/prometheus").lines()
                .filter(line -> line.startsWith(sample + "{") || line.startsWith(sample + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1))).sum();
    }

    private String ask(String method, String path) throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            String request = method + " " + path
                    + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
            channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
            String answer = new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
            if (!answer.startsWith("HTTP/1.1 2")) {
                throw new IOException(method + " " + path + " was answered: " + answer);
            }
            return answer.substring(answer.indexOf("\r\n\r\n") + 4);
        }
    }
}
