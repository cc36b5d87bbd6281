package dev.isthmus.blk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.fuzz.FuzzTally;
import dev.isthmus.fuzz.ProcessResources;
import dev.isthmus.fuzz.QuietLog;
import dev.isthmus.vhostuser.MessageFuzz;
import dev.isthmus.vhostuser.ProtocolViolation.Rule;
import dev.isthmus.vhostuser.SessionFuzz;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The long run of all fuzzers; {@code bin/soak fuzz} starts it. Properties: {@code isthmus.fuzz.cases} and {@code
 * isthmus.fuzz.seed}. What it met is written to {@code target/soak/fuzz.txt} as it goes on.
 */
@Tag("soak")
@Timeout(value = 3600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FuzzSoakTest {
    private static final long CASES = Long.getLong("isthmus.fuzz.cases", 10_000_000);
    private static final long SEED = Long.getLong("isthmus.fuzz.seed", 1);
    private static final int ROUNDS = 20;
    /** Of 100 cases; the rest are chains while nobody scribbles. */
    private static final int SCRIBBLED = 20;
    private static final int MESSAGES = 18;
    private static final int MESSAGES_TO_SESSIONS = 12;
    /** Each rule in one case of this many at least: 10,000 times in 10 million. */
    private static final long RARELY = 1000;
    /** A ring's start makes its slots; chains make nothing. */
    private static final long BYTES_PER_CASE_MAX = 512;
    private static final long HEAP_GROWTH_MAX = 32 << 20;

    private static final Path REPORT = Path.of(System.getProperty("isthmus.root", "."), "target", "soak", "fuzz.txt");

    private final StringBuilder report = new StringBuilder();
    private final long begin = System.nanoTime();
    private long heapEarly;

    @Test
    void nothingAHostileFrontendOrGuestSendsDoesHarm() throws Exception {
        line("seed %d, %,d cases: %d %% chains of block requests, %d %% the same while a second thread writes into"
                + " memory,%n  %d %% messages to the decoder, in memory, %d %% messages to sessions, over a socket",
                SEED, CASES, 100 - SCRIBBLED - MESSAGES - MESSAGES_TO_SESSIONS, SCRIBBLED, MESSAGES,
                MESSAGES_TO_SESSIONS);
        ProcessResources before = ProcessResources.now();
        FuzzTally all = new FuzzTally();
        try (QuietLog log = new QuietLog()) {
            run(all);
            line("log lines %,d, errors %d", log.lines(), log.errors().size());
            assertThat(log.errors()).isEmpty();
        }
        before.expectAgain();
        line("descriptors, mappings and threads afterwards: as before");
        assertThat(all.rarerThan(CASES / RARELY, faults())).as("faults met too seldom").isEmpty();
        assertThat(all.reached()).isGreaterThan(all.cases() / 2);
    }

    private static List<Enum<?>> faults() {
        List<Enum<?>> all = new ArrayList<>(RingFuzzTest.everyFault());
        all.addAll(List.of(Rule.values()));
        return all;
    }

    private void run(FuzzTally all) throws Exception {
        try (RingFuzz rings = new RingFuzz(SEED, RingFuzz.Canary.NONE);
                RingFuzz scribbled = new RingFuzz(SEED + 1, RingFuzz.Canary.NONE);
                MessageFuzz messages = new MessageFuzz(SEED, 0);
                SessionFuzz sessions = new SessionFuzz(SEED)) {
            long life = 0;
            long scribbledLife = 0;
            long session = 0;
            long perRound = CASES / ROUNDS / 100;
            for (int round = 0; round < ROUNDS; round++) {
                life = rings.run(life, perRound * (100 - SCRIBBLED - MESSAGES - MESSAGES_TO_SESSIONS));
                scribbledLife = scribbled.runScribbled(scribbledLife, perRound * SCRIBBLED);
                messages.run(round * perRound * MESSAGES, perRound * MESSAGES);
                session = sessions.run(session, perRound * MESSAGES_TO_SESSIONS);
                heap(round);
            }
            for (FuzzTally tally : List.of(rings.tally(), scribbled.tally(), messages.tally(), sessions.tally())) {
                all.add(tally);
            }
            report.append(all);
            allocation(rings);
            allocation(scribbled);
        }
    }

    private void allocation(RingFuzz rings) throws IOException {
        long perCase = rings.meter().bytes() / rings.tally().cases();
        line("the worker's thread allocated %d bytes a case", perCase);
        assertThat(perCase).isLessThan(BYTES_PER_CASE_MAX);
    }

    /** The heap after a collection, early and at the end. */
    private void heap(int round) throws IOException {
        if (round != 1 && round != ROUNDS - 1) {
            return;
        }
        System.gc();
        long used = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
        line("%d s: heap in use after round %d of %d: %,d KiB", (System.nanoTime() - begin) / 1_000_000_000, round + 1,
                ROUNDS, used >> 10);
        if (round == 1) {
            heapEarly = used;
        }
        assertThat(used - heapEarly).isLessThan(HEAP_GROWTH_MAX);
    }

    private void line(String format, Object... values) throws IOException {
        report.append(String.format(Locale.ROOT, format, values)).append(System.lineSeparator());
        Files.createDirectories(REPORT.getParent());
        Files.writeString(REPORT, report, StandardCharsets.UTF_8);
    }
}
