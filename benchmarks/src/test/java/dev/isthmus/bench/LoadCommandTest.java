package dev.isthmus.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.vhostuser.RecordingDevice;
import dev.isthmus.vhostuser.WireRig;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class LoadCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(Path socket, String... more) {
        CommandLine command = new CommandLine(new LoadCommand());
        command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        String[] arguments = new String[more.length + 6];
        System.arraycopy(new String[] {"--socket", socket.toString(), "--seconds", "0.02", "--warm-up", "0"}, 0,
                arguments, 0, 6);
        System.arraycopy(more, 0, arguments, 6, more.length);
        return command.execute(arguments);
    }

    @Test
    void printsOneLine() throws IOException {
        try (WireRig<RecordingDevice> rig = WireRig.serve(new RecordingDevice("device", 2))) {
            assertThat(run(rig.socket(), "--queues", "2", "--depth", "4", "--block", "512", "--poll")).isZero();
        }
        assertThat(out.toString()).matches(
                "randread 512 B, 2 x 4, polling: [0-9]+ IOPS, p50 [0-9.]+ us, p99 [0-9.]+ us,"
                        + " p99.9 [0-9.]+ us, 0 errors, 0 of 0 checked wrong\\R");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void wrongDataIsAFailure() throws IOException {
        try (WireRig<RecordingDevice> rig = WireRig.serve(new RecordingDevice("device", 1))) {
            assertThat(run(rig.socket(), "--check", "ZEROES")).isEqualTo(1);
        }
        assertThat(out.toString()).containsPattern("0 errors, ([0-9]+) of \\1 checked wrong");
    }

    @Test
    void whatFailsIsOneLine(@TempDir Path directory) {
        assertThat(run(directory.resolve("socket"))).isEqualTo(1);
        assertThat(err.toString()).startsWith("bench load: connect to ").hasLineCount(1);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void nonsenseIsOneLine(@TempDir Path directory) {
        assertThat(run(directory.resolve("socket"), "--depth", "0")).isEqualTo(1);
        assertThat(err.toString()).hasLineCount(1);
    }
}
