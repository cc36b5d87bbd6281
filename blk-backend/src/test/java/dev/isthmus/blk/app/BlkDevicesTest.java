package dev.isthmus.blk.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.isthmus.linux.UnixSocket;
import dev.isthmus.server.ConnectionState;
import dev.isthmus.server.ServerProcess;
import dev.isthmus.server.options.Sizes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlkDevicesTest {
    private static final int LIMIT_SECONDS = 20;

    @TempDir
    Path directory;

    private static List<ServedBlkDevice> start(ServerProcess process, String... args) throws IOException {
        return BlkDevices.start(BlkOptions.parse(args).properties().devices(), process);
    }

    @Test
    void processEndsWhenTheFrontendOfItsInheritedConnectionWentAway() throws Exception {
        var process = new ServerProcess();
        List<UnixSocket> pair = UnixSocket.pair();
        ServedBlkDevice device = start(process, "--fd=" + pair.getFirst().fd().number(), "--store=null", "--size=1M")
                .getFirst();
        CompletableFuture<Void> end = CompletableFuture.runAsync(process::awaitEnd);
        assertThat(end).isNotDone();

        pair.getLast().close();

        end.get(LIMIT_SECONDS, TimeUnit.SECONDS);
        assertThat(device.served().server().state()).isEqualTo(ConnectionState.ENDED);
    }

    @Test
    void badLastImageLeavesNoFirstSocket() {
        Path socket = directory.resolve("a.sock");

        assertThatExceptionOfType(IOException.class).isThrownBy(() -> start(new ServerProcess(),
                "--device=socket-path=" + socket + ",store=null,size=1M",
                "--device=socket-path=" + directory.resolve("b.sock") + ",blk-file=/no/such.img"))
                .withMessageStartingWith("b: ").withMessageContaining("/no/such.img");
        assertThat(socket).doesNotExist();
    }

    @Test
    void descriptorThatIsNoSocketIsRefused() {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> start(new ServerProcess(), "--fd=1000000", "--store=null", "--size=1M"))
                .withMessageStartingWith("fd1000000: fd 1000000 is no socket");
    }

    @Test
    void sizesAreExact() {
        assertThat(Sizes.describe(0)).isEqualTo("0 bytes");
        assertThat(Sizes.describe(512)).isEqualTo("512 bytes");
        assertThat(Sizes.describe(10L << 30)).isEqualTo("10 GiB");
        assertThat(Sizes.describe((10L << 30) + (1 << 20))).isEqualTo("10241 MiB");
        assertThat(Sizes.describe(1L << 50)).isEqualTo("1024 TiB");
    }
}
