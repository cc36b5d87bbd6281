package dev.isthmus.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code --fd}: the back-end is started with a socket that somebody else made, as QEMU's conventions for back-end
 * programs allow. Perl, which every Debian has, is that somebody, and becomes the back-end by {@code exec}.
 */
class InheritedSocketIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** Arguments: the socket's path, "listening" or "connected", and the command, which gets one more argument. */
    private static final String PARENT = """
            use Socket;
            $^F = 1000; # descriptors up to here stay open over exec
            my ($path, $kind, @command) = @ARGV;
            socket(my $listener, AF_UNIX, SOCK_STREAM, 0) or die $!;
            bind($listener, sockaddr_un($path)) or die $!;
            listen($listener, 1) or die $!;
            my $given = $listener;
            if ($kind eq "connected") { accept($given = undef, $listener) or die $!; close($listener); }
            exec(@command, "--fd=" . fileno($given)) or die $!;
            """;

    @TempDir
    private Path directory;

    @Test
    void servesOneClientAfterAnotherOnAListeningSocket() throws Exception {
        try (Program backend = start("listening")) {
            write(0x11);
            write(0x22);

            Program.Ended end = backend.terminate(LIMIT);
            assertThat(end.exitStatus()).as(backend.output()).isZero();
        }
        assertThat(Files.readAllBytes(image())[0]).isEqualTo((byte) 0x22);
    }

    @Test
    void endsWithItsOnlyClientOnAConnectedSocket() throws Exception {
        try (Program backend = start("connected")) {
            write(0x33);

            assertThat(backend.ends(LIMIT)).as(backend.output()).isTrue();
            assertThat(backend.exitStatus()).as(backend.output()).isZero();
        }
        assertThat(Files.readAllBytes(image())[0]).isEqualTo((byte) 0x33);
    }

    private Program start(String kind) throws IOException {
        Files.createDirectories(socket().getParent());
        Images.sparse(image(), Images.MEBIBYTE);
        return Program.start(Host.log("inherited-" + kind), List.of("perl", "-e", PARENT, socket().toString(), kind,
                Host.ROOT.resolve("bin/isthmus-blk").toString(), "--blk-file=" + image(), "--num-queues=1"));
    }

    private void write(int pattern) throws Exception {
        StockClients clients = StockClients.build();
        awaitSocket();
        StockClients.Result result = clients.run(socket(), LIMIT, List.of("qemu-io", "--image-opts",
                "driver=virtio-blk-vhost-user,path=/sockets/blk.sock,cache.direct=on",
                "-c", "write -P %d 0 4096".formatted(pattern), "-c", "read -P %d 0 4096".formatted(pattern),
                "-c", "flush"));
        assertThat(result.status()).as(result.output()).isZero();
        assertThat(result.output()).doesNotContain("failed");
    }

    private void awaitSocket() {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!Files.exists(socket()) && System.nanoTime() < deadline) {
            Thread.yield();
        }
    }

    private Path image() {
        return directory.resolve("disk.img");
    }

    private Path socket() {
        return directory.resolve("sockets").resolve("blk.sock");
    }
}
