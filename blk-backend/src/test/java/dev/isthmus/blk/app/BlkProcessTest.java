package dev.isthmus.blk.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.loop.Transport;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program in a JVM of its own: what it prints, what it leaves and the status it ends with. */
class BlkProcessTest {
    private static final int LIMIT_SECONDS = 60;

    @TempDir
    Path directory;

    private static Process start(String... args) throws IOException {
        return start(List.of(), args);
    }

    private static Process start(List<String> flags, String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
                "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx64m"));
        command.addAll(flags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), BlkBackend.class.getName()));
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

        assertThat(process.inputReader().readAllAsString()).isEqualTo(BlkBackend.CAPABILITIES + "\n");
        assertThat(process.errorReader().readAllAsString()).isEmpty();
        assertThat(status(process)).isZero();
    }

    @Test
    void signalEndsTheProcessWithNothingLeft() throws Exception {
        Path image = Files.write(directory.resolve("a.img"), new byte[4096]);
        Path socket = directory.resolve("a.sock");
        Process process = start("--socket-path=" + socket, "--blk-file=" + image);
        try (BufferedReader stderr = process.errorReader()) {
            await(stderr, "a: listening on " + socket + ", image " + image + ", 4 KiB, 16 queues, "
                    + Transport.AUTO.resolve().text());
            await(stderr, "management listens on " + socket + ".management");

            Process second = start("--socket-path=" + socket, "--blk-file=" + image);
            assertThat(second.errorReader().readAllAsString()).hasLineCount(2).contains("waits for its end")
                    .contains("isthmus-blk: a: socket " + socket + " is served by another process");
            assertThat(status(second)).isEqualTo(2);

            process.destroy(); // SIGTERM
            assertThat(status(process)).isZero();
        } finally {
            process.destroyForcibly();
        }
        assertThat(socket).doesNotExist();
        assertThat(directory.resolve("a.sock.management")).doesNotExist();
    }

    @Test
    void managementThatCannotListenIsRefused() throws Exception {
        Path socket = directory.resolve("a.sock");
        Process process = start("--socket-path=" + socket, "--store=null", "--size=1M",
                "--management=unix:" + directory.resolve("no/such/directory"));

        assertThat(process.errorReader().readAllAsString())
                .contains("isthmus-blk: management cannot listen on unix:" + directory);
        assertThat(status(process)).isEqualTo(2);
        assertThat(socket).doesNotExist();
    }

    @Test
    void ioUringThatIsNotThereIsRefusedInOneLine() throws Exception {
        Process process = start(List.of("-Dio.netty.transport.noNative=true"),
                "--socket-path=" + directory.resolve("a.sock"), "--store=null", "--size=1M", "--transport=io_uring");

        assertThat(process.errorReader().readAllAsString()).hasLineCount(1)
                .startsWith("isthmus-blk: --transport: io_uring is not available: ");
        assertThat(status(process)).isEqualTo(2);
    }

    @Test
    void missingImageIsRefusedInOneLine() throws Exception {
        Process process = start("--socket-path=" + directory.resolve("a.sock"), "--blk-file=/no/such.img");

        assertThat(process.errorReader().readAllAsString()).hasLineCount(1).startsWith("isthmus-blk: a: ")
                .contains("/no/such.img");
        assertThat(status(process)).isEqualTo(2);
    }
}
