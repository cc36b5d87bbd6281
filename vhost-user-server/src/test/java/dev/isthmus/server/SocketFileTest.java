package dev.isthmus.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.isthmus.fuzz.LeavesNothing;
import dev.isthmus.linux.FileIo;
import dev.isthmus.linux.OwnedFd;
import dev.isthmus.linux.UnixListener;
import dev.isthmus.vhostuser.Waiting;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A successor that comes while its predecessor is not quite gone. */
@LeavesNothing
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SocketFileTest {
    private static final Duration LONG = Duration.ofSeconds(50);

    @TempDir
    Path directory;

    private String name() {
        return directory.resolve("s").toString();
    }

    private CompletableFuture<SocketFile> listenPatiently() {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return SocketFile.listen(name(), LONG);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }, Executors.newVirtualThreadPerTaskExecutor());
    }

    @Test
    void waitsForAPredecessorThatHoldsTheLock() throws IOException {
        OwnedFd dying = FileIo.openOrCreate(name() + ".lock");
        assertThat(FileIo.tryLockExclusive(dying)).isTrue();
        UnixListener stale = UnixListener.bind(name());
        CompletableFuture<SocketFile> successor = listenPatiently();
        Waiting.aMoment();
        assertThat(successor).isNotDone();

        stale.close();
        dying.close();

        successor.join().close();
    }

    @Test
    void waitsForAPredecessorThatListensAfterItsLockIsGone() throws IOException {
        UnixListener dying = UnixListener.bind(name());
        CompletableFuture<SocketFile> successor = listenPatiently();
        Waiting.aMoment();
        assertThat(successor).isNotDone();

        dying.close();

        successor.join().close();
    }

    @Test
    void waitsForAProcessThatWasKilled() throws Exception {
        Process predecessor = new ProcessBuilder("flock", "--no-fork", name() + ".lock", "sh", "-c",
                "echo locked; exec sleep 50").start();
        try (var output = predecessor.inputReader()) {
            assertThat(output.readLine()).isEqualTo("locked");
            CompletableFuture<SocketFile> successor = listenPatiently();
            Waiting.aMoment();
            assertThat(successor).isNotDone();

            predecessor.destroyForcibly();

            successor.join().close();
        } finally {
            predecessor.destroyForcibly();
        }
    }

    @Test
    void namesTheSocketThatStaysServedByAnotherProcess() throws IOException {
        SocketFile live = SocketFile.listen(name(), Duration.ZERO);
        assertThatThrownBy(() -> SocketFile.listen(name(), Duration.ofMillis(30))).isInstanceOf(IOException.class)
                .hasMessage("socket " + name() + " is served by another process");
        live.close();
        SocketFile.listen(name(), Duration.ZERO).close();
    }
}
