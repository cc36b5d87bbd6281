package dev.isthmus.net.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program in a JVM of its own: what it prints, what it leaves and the status it ends with. */
class NetProcessTest {
    private static final int LIMIT_SECONDS = 60;

    @TempDir
    private Path directory;

    private static Process start(String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
                "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx64m",
                "-cp", System.getProperty("java.class.path"), NetBackend.class.getName()));
        command.addAll(List.of(args));
        return new ProcessBuilder(command).start();
    }

    private static int status(Process process) throws InterruptedException {
        try {
            assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).as("ended in time").isTrue();
            return process.exitValue();
        } finally {
            process.destroyForcibly();
        }
    }

    /** Reads stderr up to a line that contains {@code text}. */
    private static void await(BufferedReader stderr, String text) throws IOException {
        for (String line = stderr.readLine(); line != null; line = stderr.readLine()) {
            if (line.contains(text)) {
                return;
            }
        }
        throw new AssertionError("the process never said: " + text);
    }

    @Test
    void capabilitiesAreAllThatIsPrinted() throws Exception {
        Process process = start("--print-capabilities", "--nonsense");

        assertThat(process.inputReader().readAllAsString()).isEqualTo(NetBackend.CAPABILITIES + "\n");
        assertThat(process.errorReader().readAllAsString()).isEmpty();
        assertThat(status(process)).isZero();
    }

    @Test
    void signalEndsTheProcessWithNothingLeft() throws Exception {
        Path socket = directory.resolve("a.sock");
        Process process = start("--socket-path=" + socket, "--uplink=loopback");
        try (BufferedReader stderr = process.errorReader()) {
            await(stderr, "a: listening on " + socket + ", loopback, ");
            await(stderr, "management listens on " + socket + ".management");
            process.destroy(); // SIGTERM
            assertThat(status(process)).isZero();
        } finally {
            process.destroyForcibly();
        }
        assertThat(socket).doesNotExist();
        assertThat(directory.resolve("a.sock.management")).doesNotExist();
    }

    @Test
    void interfaceThatIsNotThereIsRefusedInOneLineAndLeavesNoSocket() throws Exception {
        Path socket = directory.resolve("a.sock");
        Process process = start("--device=socket-path=" + socket + ",uplink=null",
                "--device=socket-path=" + directory.resolve("b.sock") + ",interface=no-such-if");

        assertThat(process.errorReader().readAllAsString()).hasLineCount(1).startsWith("isthmus-net: b: no-such-if: ");
        assertThat(status(process)).isEqualTo(2);
        assertThat(socket).doesNotExist();
    }
}
