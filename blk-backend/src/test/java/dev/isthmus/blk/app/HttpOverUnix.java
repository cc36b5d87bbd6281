package dev.isthmus.blk.app;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** One request over a Unix socket, as curl would send it; the JDK's own client has no such sockets. */
record HttpOverUnix(Path socket) {
    /** @param head status line and headers */
    record Response(String head, String body) {
        int status() {
            return Integer.parseInt(head.substring("HTTP/1.1 ".length(), "HTTP/1.1 200".length()));
        }
    }

    Response get(String path, String... headers) throws IOException {
        return request("GET " + path, headers);
    }

    Response post(String path) throws IOException {
        return request("POST " + path, "Content-Length: 0");
    }

    Response request(String methodAndPath, String... headers) throws IOException {
        var lines = new StringBuilder(methodAndPath + " HTTP/1.1\r\nHost: localhost\r\n");
        for (String header : headers) {
            lines.append(header).append("\r\n");
        }
        return send(lines + "\r\n");
    }

    /** Sends bytes as they are and reads until the server closes. */
    Response send(String text) throws IOException {
        try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
            String answer = new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
            int end = answer.indexOf("\r\n\r\n");
            return new Response(answer.substring(0, end), answer.substring(end + 4));
        }
    }
}
