package dev.isthmus.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.fuzz.FuzzTally;
import dev.isthmus.fuzz.ProcessResources;
import dev.isthmus.fuzz.QuietLog;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The long run of {@link NetFuzz}; {@code bin/soak netfuzz} starts it. Properties: {@code isthmus.fuzz.cases} and
 * {@code isthmus.fuzz.seed}. What it met is written to {@code target/soak/netfuzz.txt} as it goes on.
 */
@Tag("soak")
@Timeout(value = 3600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NetFuzzSoakTest {
    private static final long CASES = Long.getLong("isthmus.fuzz.cases", 10_000_000);
    private static final long SEED = Long.getLong("isthmus.fuzz.seed", 1);
    private static final int ROUNDS = 20;
    /** Of 100 cases. */
    private static final int SCRIBBLED = 10;
    /** Each fault in one case of this many at least: 10,000 times in 10 million. */
    private static final long RARELY = 1000;

    private static final Path REPORT = Path.of(System.getProperty("isthmus.root", "."), "target", "soak",
            "netfuzz.txt");

    private final StringBuilder report = new StringBuilder();
    private final long begin = System.nanoTime();

    @Test
    void nothingAHostileGuestSendsOrOffersDoesHarm() throws Exception {
        line("seed %d, %,d cases: frames and buffers of a hostile guest, %d %% of them while a second thread writes"
                + " into memory", SEED, CASES, SCRIBBLED);
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
        return NetFuzzTest.everyFault();
    }

    private void run(FuzzTally all) throws Exception {
        try (NetFuzz cards = new NetFuzz(SEED, NetFuzz.Canary.NONE);
                NetFuzz scribbled = new NetFuzz(SEED + 1, NetFuzz.Canary.NONE)) {
            long life = 0;
            long scribbledLife = 0;
            long perRound = CASES / ROUNDS / 100;
            for (int round = 0; round < ROUNDS; round++) {
                life = cards.run(life, perRound * (100 - SCRIBBLED));
                scribbledLife = scribbled.runScribbled(scribbledLife, perRound * SCRIBBLED);
                line("%d seconds, %,d cases", (System.nanoTime() - begin) / 1_000_000_000,
                        cards.tally().cases() + scribbled.tally().cases());
            }
            all.add(cards.tally());
            all.add(scribbled.tally());
            report.append(all);
        }
    }

    private void line(String format, Object... values) throws IOException {
        report.append(String.format(Locale.ROOT, format, values)).append(System.lineSeparator());
        Files.createDirectories(REPORT.getParent());
        Files.writeString(REPORT, report, StandardCharsets.UTF_8);
    }
}
