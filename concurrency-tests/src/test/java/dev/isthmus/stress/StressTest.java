package dev.isthmus.stress;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Runs every jcstress test of this module in processes of their own. */
class StressTest {
    private static final int MINUTES_MAX = 30;
    private static final int TESTS = 4;

    @Test
    void noForbiddenOutcomeIsSeen() throws Exception {
        Path results = Files.createDirectories(Path.of("target", "jcstress"));
        Path log = results.resolve("log.txt").toAbsolutePath();
        Process stress = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("surefire.test.class.path", System
                        .getProperty("java.class.path")),
                "org.openjdk.jcstress.Main", "-m", System.getProperty("stress.mode", "quick"), "-jvmArgs",
                "--enable-native-access=ALL-UNNAMED", "-r", results.toAbsolutePath().toString())
                .directory(results.toFile()).redirectErrorStream(true).redirectOutput(log.toFile()).start();
        try {
            assertThat(stress.waitFor(MINUTES_MAX, TimeUnit.MINUTES)).as("in time; see %s", log).isTrue();
            assertThat(stress.exitValue()).as("see %s", log).isZero();
            assertThat(Files.readString(log)).contains("Failed tests: No matches", "Error tests: No matches",
                    "All remaining tests: " + TESTS + " matching");
        } finally {
            stress.destroy();
        }
    }
}
