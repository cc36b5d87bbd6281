package dev.isthmus.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A stock front-end without a guest, which polls: what it sends comes back. */
@Tag("network")
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TestpmdIT {

    private static final long FRAMES = 10_000_000;
    private static final Duration LIMIT = Duration.ofSeconds(200);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    @TempDir
    private Path directory;

    @ParameterizedTest(name = "{0} queue pairs, mergeable buffers: {1}")
    @CsvSource({"1, false", "1, true", "2, false", "2, true"})
    void movesTenMillionFramesEachWayAndBothSidesCountThem(int queuePairs, boolean mergeable) throws Exception {
        Card card = Card.of("testpmd", 0, directory).withQueuePairs(queuePairs).withUplink("uplink=loopback");
        try (Loopback loopback = BackendProcess.isPeer() ? new PeerLoopback(card) : new OurLoopback(card);
                Testpmd frontend = Testpmd.frontend(card.socket(), queuePairs, mergeable)) {
            frontend.command("set fwd io");
            frontend.command("start tx_first 20");
            Testpmd.Counts counts = frontend.counts();
            long begin = System.nanoTime();
            while (Math.min(counts.received(), counts.sent()) < FRAMES) {
                assertThat(System.nanoTime() - begin).as("%s", counts).isLessThan(LIMIT.toNanos());
                LockSupport.parkNanos(LOOK_NANOS);
                counts = frontend.counts();
            }
            // Those still under way arrive, and none follows them.
            frontend.command("stop");
            frontend.command("set fwd rxonly");
            frontend.command("start");
            Testpmd.Counts ours = loopback.counts();
            counts = frontend.counts();
            while (ours.sent() != counts.received() || ours.received() != counts.sent()) {
                assertThat(System.nanoTime() - begin).as("front-end %s, back-end %s", counts, ours).isLessThan(LIMIT
                        .toNanos());
                LockSupport.parkNanos(LOOK_NANOS);
                ours = loopback.counts();
                counts = frontend.counts();
            }
            assertThat(counts.received()).isEqualTo(counts.sent());
        }
    }

    /** A back-end that gives back what it gets. */
    private interface Loopback extends AutoCloseable {
        Testpmd.Counts counts() throws Exception;

        @Override
        void close();
    }

    private static final class OurLoopback implements Loopback {

        private final NetworkNamespace network;
        private final NetBackend backend;

        OurLoopback(Card card) throws Exception {
            network = NetworkNamespace.create();
            backend = NetBackend.serve(network, card);
        }

        @Override
        public Testpmd.Counts counts() throws Exception {
            return new Testpmd.Counts(backend.frames(true), backend.frames(false));
        }

        @Override
        public void close() {
            backend.close();
            network.close();
        }
    }

    private static final class PeerLoopback implements Loopback {

        private final Testpmd backend;

        PeerLoopback(Card card) throws Exception {
            backend = Testpmd.backend(card.socket(), card.queuePairs());
            backend.command("set fwd io");
            backend.command("start");
        }

        @Override
        public Testpmd.Counts counts() throws Exception {
            return backend.counts();
        }

        @Override
        public void close() {
            backend.close();
        }
    }
}
