package dev.isthmus.xen.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.isthmus.xen.netif.VifRate;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class XenOptionsTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String... args) {
        return XenBridge.run(args, new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    @Test
    void servesWithDefaults() {
        XenOptions options = XenOptions.parse("serve");

        assertThat(options.subcommand()).isEqualTo("serve");
        assertThat(options.metrics()).isNull();
        assertThat(options.takesVbd()).isFalse();
        assertThat(options.runDirectory()).isEqualTo(Path.of("/run/isthmus/xen"));
        assertThat(options.logLevel()).isEqualTo("info");
    }

    @Test
    void servesAsItIsTold() {
        XenOptions options = XenOptions.parse("serve", "--metrics=127.0.0.1:9101", "--run-dir=/run/x", "--take-vbd",
                "--log-level=debug");

        assertThat(options.metrics()).satisfies(address -> {
            assertThat(address.getPort()).isEqualTo(9101);
            assertThat(address.getAddress().isLoopbackAddress()).isTrue();
        });
        assertThat(options.takesVbd()).isTrue();
        assertThat(options.runDirectory()).isEqualTo(Path.of("/run/x"));
        assertThat(options.logLevel()).isEqualTo("debug");
        assertThat(XenOptions.parse("serve", "--metrics=[::1]:1").metrics()).satisfies(
                address -> assertThat(address.getAddress().isLoopbackAddress()).isTrue());
    }

    @Test
    void attachesACard() {
        XenOptions options = XenOptions.parse("attach", "guest", "--vif=1", "--mac=00:16:3e:01:02:03",
                "--rate=62500,50000", "--socket=/run/x.sock");

        assertThat(options.vdev()).isNull();
        assertThat(options.vif()).isEqualTo(1);
        assertThat(options.mac()).hasToString("00:16:3e:01:02:03");
        assertThat(options.rate()).isEqualTo(new VifRate(62500, 50000));
        assertThat(XenOptions.parse("serve", "--vif-sockets=/run/vif").vifSockets()).isEqualTo(Path.of("/run/vif"));
    }

    @Test
    void refusesCardsThatAreNone() {
        for (String[] wrong : new String[][] {{"--vif=1", "--mac=x"}, {"--vif=1"}, {"--vif=-1"},
            {"--vif=1", "--vdev=xvda"}, {}, {"--vif=1", "--mac=00:16:3e:01:02:03", "--rate=fast"}}) {
            String[] args = Stream.concat(Stream.of("attach", "guest", "--socket=/run/x.sock"), Stream.of(wrong))
                    .toArray(String[]::new);
            XenOptions options = XenOptions.parse(args);
            assertThatThrownBy(() -> {
                if (options.vdev() == null) {
                    assertThat(options.vif() + options.mac().toString() + options.rate()).isEmpty();
                }
            }).isInstanceOf(CommandException.class);
        }
    }

    @Test
    void attaches() {
        XenOptions options = XenOptions.parse("attach", "guest", "--vdev=xvdb", "--socket=/run/x.sock", "--read-only",
                "--wait=3");

        assertThat(options.subcommand()).isEqualTo("attach");
        assertThat(options.domain()).isEqualTo("guest");
        assertThat(options.vdev()).isEqualTo("xvdb");
        assertThat(options.socket()).isEqualTo(Path.of("/run/x.sock"));
        assertThat(options.isReadOnly()).isTrue();
        assertThat(options.patience()).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void detaches() {
        XenOptions options = XenOptions.parse("detach", "5", "--vdev", "xvdb", "--force");

        assertThat(options.isForced()).isTrue();
        assertThat(options.patience()).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void refusesWhatItDoesNotKnow() {
        for (String[] args : new String[][] {{"sevre"}, {"serve", "--nothing"}, {"attach", "5"},
            {"attach", "--vdev=xvdb", "--socket=/x"}, {"detach"}}) {
            assertThatThrownBy(() -> XenOptions.parse(args)).isInstanceOf(CommandException.class);
        }
        assertThatThrownBy(() -> XenOptions.parse("serve", "--metrics=9101").metrics()).hasMessageContaining("9101");
        assertThatThrownBy(() -> XenOptions.parse("serve", "--metrics=a:99999").metrics())
                .hasMessageContaining("99999");
        assertThatThrownBy(() -> XenOptions.parse("serve", "--log-level=loud").logLevel())
                .hasMessageContaining("loud");
        for (String wait : new String[] {"0", "x", "9999"}) {
            assertThatThrownBy(() -> XenOptions.parse("detach", "5", "--vdev=xvdb", "--wait=" + wait).patience())
                    .hasMessageContaining(wait);
        }
    }

    @Test
    void explainsItself() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("serve", "attach", "detach", "list");
        out.reset();
        assertThat(run("serve", "--help")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("--take-vbd", "--metrics");
        assertThat(run("--version")).isZero();
        assertThat(run()).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("serve");
    }

    @Test
    void saysInOneLineWhatIsWrong() {
        assertThat(run("attach", "5")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8).lines()).hasSize(1)
                .first().asString().startsWith("isthmus-xen: ");
    }
}
