package dev.isthmus.blk.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.isthmus.fuzz.LeavesNothing;
import dev.isthmus.linux.FileIo;
import dev.isthmus.linux.OfdLock;
import dev.isthmus.linux.OwnedFd;
import dev.isthmus.vhostuser.Waiting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A store that is activated while its predecessor's last request is still in the kernel. */
@LeavesNothing
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PatientLockTest {
    private static final Duration LONG = Duration.ofSeconds(50);
    /** Of QEMU's bytes: somebody writes. */
    private static final int WRITES = 101;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private Path path;

    @BeforeEach
    void makeImage() {
        path = Images.sparse(directory, "a.img", 1 << 20);
    }

    private FileStore store(Duration patience) throws IOException {
        return FileStore.open("vda", FileStoreOptions.of(path), patience);
    }

    private static CompletableFuture<Void> activate(FileStore store) {
        return CompletableFuture.runAsync(() -> {
            try {
                store.activate();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }, Executors.newVirtualThreadPerTaskExecutor());
    }

    @Test
    void waitsUntilTheImageIsFree() throws IOException {
        try (var store = store(LONG); OwnedFd predecessor = FileIo.open(path.toString(), false, false)) {
            assertThat(OfdLock.tryShared(predecessor, WRITES, 1)).isTrue();
            CompletableFuture<Void> activation = activate(store);
            Waiting.aMoment();
            assertThat(activation).isNotDone();

            OfdLock.unlock(predecessor, WRITES, 1);

            activation.join();
            assertThat(OfdLock.isLockedByOther(predecessor, WRITES, 1)).isTrue();
        }
    }

    @Test
    void waitsForTheLastHolderOfTheOpenFileAndNotForItsLocker() throws IOException {
        try (var store = store(LONG)) {
            OwnedFd dead = FileIo.open(path.toString(), false, false);
            assertThat(OfdLock.tryShared(dead, WRITES, 1)).isTrue();
            OwnedFd request = dead.duplicate(); // the same open file, as a request in the kernel has it
            dead.close();
            CompletableFuture<Void> activation = activate(store);
            Waiting.aMoment();
            assertThat(activation).isNotDone();

            request.close();

            activation.join();
        }
    }

    @Test
    void keepsOthersFromNothingWhileItWaits() throws IOException {
        try (var store = store(LONG); OwnedFd owner = FileIo.open(path.toString(), false, false);
                OwnedFd other = FileIo.open(path.toString(), true, false)) {
            assertThat(OfdLock.tryShared(owner, WRITES, 1)).isTrue();
            CompletableFuture<Void> activation = activate(store);
            for (int i = 0; i < 1000; i++) {
                assertThat(OfdLock.isLockedByOther(other, 100, 1)).isFalse();
                assertThat(OfdLock.isLockedByOther(other, 200, 4)).isFalse();
            }
            OfdLock.unlock(owner, WRITES, 1);
            activation.join();
        }
    }

    @Test
    void namesTheImageThatIsNotFreeInTime() throws IOException {
        try (var store = store(Duration.ofMillis(30)); var owner = store(Duration.ZERO)) {
            owner.activate();
            for (int i = 0; i < 2; i++) {
                assertThatExceptionOfType(IOException.class).isThrownBy(store::activate)
                        .withMessageContainingAll(path.toString(), "is being written by another process",
                                "end that one first");
            }
            owner.deactivate();
            store.activate();
        }
    }
}
