package dev.isthmus.net.uplink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Uplinks on real interfaces, in a JVM in a user and a network namespace of its own: nothing of the machine's is
 * touched and no privilege is needed, where the kernel lets users have such namespaces.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class InterfacesTest {
    private static final int LIMIT_SECONDS = 100;
    private static final List<String> NAMESPACE = List.of("unshare", "--map-root-user", "--net");

    @TempDir
    private static Path directory;

    @BeforeAll
    static void namespaceCanBeMade() throws Exception {
        assumeTrue(status(List.of("ip", "link", "add", "v0", "type", "veth", "peer", "name", "v1")) == 0,
                "no namespace of our own, or no veth in it");
    }

    private static int status(List<String> command) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(NAMESPACE);
        all.addAll(command);
        try {
            Process process = new ProcessBuilder(all).redirectErrorStream(true)
                    .redirectOutput(directory.resolve("said").toFile()).start();
            return process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS) ? process.exitValue() : -1;
        } catch (IOException e) {
            return -1;
        }
    }

    private static void check(Class<?> main) throws Exception {
        int status = status(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-ea",
                "--enable-native-access=ALL-UNNAMED", "-XX:TieredStopAtLevel=1", "-Xmx64m", "-cp",
                System.getProperty("java.class.path"), main.getName()));
        assertThat(status).as(Files.readString(directory.resolve("said"), StandardCharsets.UTF_8)).isZero();
    }

    @Test
    void tapCarriesFramesBothWays() throws Exception {
        assumeTrue(new File("/dev/net/tun").canWrite(), "/dev/net/tun is not for this user");
        check(TapChecks.class);
    }

    @Test
    void packetSocketCarriesFramesBothWays() throws Exception {
        check(PacketChecks.class);
    }
}
