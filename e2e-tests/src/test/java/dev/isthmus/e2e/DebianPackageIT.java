package dev.isthmus.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The Debian package in a clean Debian 13: it installs, its units, manual and completion are right, it serves a disk
 * by the command line of its unit to a stock client, and its removal leaves volumes alone. Built with the profile deb.
 */
@Tag("deploy")
class DebianPackageIT {

    private static final Duration ROOT_LIMIT = Duration.ofMinutes(15);
    private static final Duration TRIAL_LIMIT = Duration.ofMinutes(3);

    @Test
    void installsServesAndLeavesVolumesAlone() throws Exception {
        Path directory = Host.ROOT.resolve("target/package");
        Host.run(ROOT_LIMIT, script("package-root.sh"), directory.toString());

        String said = Host.run(TRIAL_LIMIT, script("package-trial.sh"), directory.resolve("root").toString(), Host.ROOT
                .resolve("packaging/target/isthmus.deb").toString());

        assertThat(said.lines()).contains("trial: serve by the command line of the unit", "trial: remove").endsWith(
                "trial: ok");
    }

    private static String script(String name) {
        return Host.ROOT.resolve("e2e-tests/deploy").resolve(name).toString();
    }
}
