package dev.isthmus.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Bytes by TCP between a guest and its host, both ways at once, until it is told to stop; then all have arrived. */
final class NetworkTransfer implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(100);

    /** What both ways carry before they have gone on: more than can have been under way before. */
    private static final int STEP_BYTES = 8 << 20;

    private static final String GUEST = """
            rm -f /tmp/stop /tmp/fifo /tmp/sent /tmp/received
            mkfifo /tmp/fifo
            dd if=/dev/urandom of=/tmp/chunk bs=1M count=1 2> /dev/null
            (nc -l -p 5001 < /dev/null 2> /dev/null | sha256sum > /tmp/received) > /dev/null 2>&1 &
            sha256sum < /tmp/fifo > /tmp/sent 2> /dev/null &
            (until test -e /tmp/stop; do cat /tmp/chunk; done | tee /tmp/fifo | nc -l -p 5002) > /dev/null 2>&1 &
            until netstat -ltn | grep -q :5001 && netstat -ltn | grep -q :5002; do sleep 0.1; done
            """;

    private static final String HOST = """
            cd %1$s
            dd if=/dev/urandom of=chunk bs=1M count=1 2> /dev/null
            exec 3<> /dev/tcp/%2$s/5001 4<> /dev/tcp/%2$s/5002
            sha256sum <&4 > received &
            (until [[ -e stop ]]; do cat chunk; done) | tee >(sha256sum > sent) >&3
            exec 3>&- 3<&-
            wait
            """;

    private static final String GO_ON = """
            count() { cat /sys/class/net/%1$s/statistics/$1_bytes; }
            received=$(count rx) sent=$(count tx)
            until (($(count rx) - received > %2$d && $(count tx) - sent > %2$d)); do sleep 0.1; done
            """;

    private final NetworkNamespace network;
    private final Shell guest;
    private final Card card;
    private final Path directory;
    private final Program host;

    private NetworkTransfer(NetworkNamespace network, Shell guest, Card card, Path directory, Program host) {
        this.network = network;
        this.guest = guest;
        this.card = card;
        this.directory = directory;
        this.host = host;
    }

    /** @param directory of its own, empty, for what the host's side keeps */
    static NetworkTransfer start(NetworkNamespace network, Shell guest, Card card, Path directory)
            throws IOException, InterruptedException {
        guest.sh(GUEST);
        return new NetworkTransfer(network, guest, card, directory, network.start("transfer", HOST.formatted(directory,
                card.guestAddress())));
    }

    /** Waits until both ways have made progress. */
    void goesOn() throws IOException, InterruptedException {
        try {
            network.run(LIMIT, "bash", "-euc", GO_ON.formatted(card.tap(), STEP_BYTES));
        } catch (AssertionError e) {
            throw host.explained(e);
        }
    }

    /** Ends it, and fails unless each side has received what the other one sent. */
    void stop() throws IOException, InterruptedException {
        Files.createFile(directory.resolve("stop"));
        guest.sh("touch /tmp/stop");
        assertThat(host.ends(LIMIT)).as("the host's side ends").isTrue();
        assertThat(host.exitStatus()).as(host.output()).isZero();
        String received = guest.sh("until test -s /tmp/received && test -s /tmp/sent; do sleep 0.1; done\n"
                + "cat /tmp/received /tmp/sent");
        assertThat(received.lines().toList()).containsExactly(Files.readString(directory.resolve("sent")).strip(),
                Files.readString(directory.resolve("received")).strip());
    }

    @Override
    public void close() {
        host.close();
    }
}
