package dev.isthmus.xen.netif;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.fuzz.FuzzTally;
import dev.isthmus.fuzz.ProcessResources;
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
 * The long run of {@link HostileNetFuzz}; {@code bin/soak netif} starts it. Properties: {@code isthmus.fuzz.cases} and
 * {@code isthmus.fuzz.seed}. What it met is written to {@code target/soak/netif.txt} as it goes on.
 */
@Tag("soak")
@Timeout(value = 3600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileNetSoakTest {
    private static final long CASES = Long.getLong("isthmus.fuzz.cases", 5_000_000);
    private static final long SEED = Long.getLong("isthmus.fuzz.seed", 1);
    private static final int ROUNDS = 10;
    /** Of 100 cases; in the others nobody scribbles. */
    private static final int SCRIBBLED = 20;
    /** Each rule in one case of so many at least. */
    private static final long RARELY = 10_000;

    private static final Path REPORT = Path.of(System.getProperty("isthmus.root", "."), "target", "soak", "netif.txt");

    private final long begin = System.nanoTime();

    @Test
    void nothingAHostileGuestPutsIntoANetworkRingDoesHarm() throws IOException {
        ProcessResources before = ProcessResources.now();
        FuzzTally all = new FuzzTally();
        try (HostileNetFuzz rings = new HostileNetFuzz(SEED, false);
                HostileNetFuzz scribbled = new HostileNetFuzz(SEED + 1, false)) {
            long life = 0;
            long scribbledLife = 0;
            long perRound = CASES / ROUNDS / 100;
            for (int round = 1; round <= ROUNDS; round++) {
                life = rings.run(life, perRound * (100 - SCRIBBLED), false);
                scribbledLife = scribbled.run(scribbledLife, perRound * SCRIBBLED, true);
                report("round " + round + " of " + ROUNDS + ", guests " + (life + scribbledLife) + "\n"
                        + rings.tally());
            }
            all.add(rings.tally());
            all.add(scribbled.tally());
        }
        before.expectAgain();
        report("seed " + SEED + ", one case of five while a second thread writes into the guest's pages\n" + all);
        assertThat(all.cases()).isGreaterThanOrEqualTo(CASES / 1000 * 1000);
        assertThat(all.rarerThan(CASES / RARELY, List.of(HostileNetGuest.Break.values()))).as("met too seldom")
                .isEmpty();
        assertThat(all.reached()).isGreaterThan(all.cases() / 3);
    }

    private void report(String text) throws IOException {
        Files.createDirectories(REPORT.getParent());
        Files.writeString(REPORT, String.format(Locale.ROOT, "%d s: %s", (System.nanoTime() - begin) / 1_000_000_000,
                text), StandardCharsets.UTF_8);
    }
}
