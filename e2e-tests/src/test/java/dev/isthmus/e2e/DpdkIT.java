package dev.isthmus.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A stock front-end without a guest, which polls: what it sends comes back. */
@Tag("network")
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DpdkIT {

    private static final long FRAMES = 10_000_000;
    private static final Duration LIMIT = Duration.ofSeconds(400);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    @TempDir
    private Path directory;

    @ParameterizedTest(name = "{0} queue pairs, mergeable buffers: {1}")
    @CsvSource({"1, false", "1, true", "2, false", "2, true"})
    void movesTenMillionFramesEachWayAndBothSidesCountThem(int queuePairs, boolean mergeable) throws Exception {
        Card card = Card.of("testpmd", 0, directory).withQueuePairs(queuePairs);
        try (Loopback loopback = Loopback.open(card);
                Testpmd frontend = Testpmd.frontend(card.socket(), queuePairs, mergeable)) {
            awaitRings(frontend, loopback, queuePairs);
            settle(frontend, loopback);
            frontend.command("clear port stats all");
            Testpmd.Counts base = loopback.counts();

            frontend.command("set fwd io");
            frontend.command("start tx_first 20");
            await("ten million frames", () -> {
                Testpmd.Counts counts = frontend.counts();
                return Math.min(counts.received(), counts.sent()) >= FRAMES;
            });
            frontend.command("stop");
            settle(frontend, loopback);

            Testpmd.Counts counts = frontend.counts();
            assertThat(loopback.counts().minus(base)).isEqualTo(new Testpmd.Counts(counts.sent(), counts.received()));
            assertThat(counts.received()).isEqualTo(counts.sent());
        }
    }

    /** Frames of rings that are not enabled yet are dropped: so until all rings have moved some. */
    private static void awaitRings(Testpmd frontend, Loopback loopback, int queuePairs) throws Exception {
        await("all rings", () -> {
            frontend.command("set fwd io");
            frontend.command("start tx_first 1");
            boolean all = true;
            for (int pair = 0; pair < queuePairs; pair++) {
                all &= loopback.moves(pair);
            }
            frontend.command("stop");
            return all;
        });
    }

    /** Those still under way arrive, and none follows them. */
    private static void settle(Testpmd frontend, Loopback loopback) throws Exception {
        frontend.command("set fwd rxonly");
        frontend.command("start");
        Testpmd.Counts[] before = {new Testpmd.Counts(-1, -1), new Testpmd.Counts(-1, -1)};
        await("frames on their way", () -> {
            Testpmd.Counts[] now = {frontend.counts(), loopback.counts()};
            boolean same = now[0].equals(before[0]) && now[1].equals(before[1]);
            before[0] = now[0];
            before[1] = now[1];
            return same;
        });
        frontend.command("stop");
    }

    private static void await(String what, Callable<Boolean> reached) throws Exception {
        long begin = System.nanoTime();
        while (!reached.call()) {
            assertThat(System.nanoTime() - begin).as(what).isLessThan(LIMIT.toNanos());
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }
}
