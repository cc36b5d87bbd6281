package dev.isthmus.blk.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.isthmus.fuzz.LeavesNothing;
import dev.isthmus.linux.FileIo;
import dev.isthmus.linux.OfdLock;
import dev.isthmus.linux.OwnedFd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Who may have an image at the same time. Bytes are the numbers of QEMU's block/file-posix.c, not constants of ours:
 * 100 read, 101 write; 201 nobody else may write.
 */
@LeavesNothing
class ImageLockTest {
    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private Path path;

    @BeforeEach
    void makeImage() {
        path = Images.sparse(directory, "a.img", 1 << 20);
    }

    private FileStore writer() throws IOException {
        return FileStore.open("vda", FileStoreOptions.of(path), Duration.ZERO);
    }

    private FileStore reader() throws IOException {
        return FileStore.open("vdb", FileStoreOptions.of(path).withReadOnly(true), Duration.ZERO);
    }

    private void cannotActivate(FileStore store) {
        assertThatExceptionOfType(IOException.class).isThrownBy(store::activate)
                .withMessageContainingAll(path.toString(), "by another process");
    }

    @Test
    void keepsASecondWriterAndReadersOutWhileItWrites() throws IOException {
        try (var first = writer(); var second = writer(); var reader = reader()) {
            first.activate();
            cannotActivate(second);
            cannotActivate(reader);
            first.deactivate();
            second.activate();
        }
    }

    @Test
    void letsReadersShareAndKeepsWritersOut() throws IOException {
        try (var first = reader(); var second = reader(); var writer = writer()) {
            first.activate();
            second.activate();
            cannotActivate(writer);
        }
    }

    @Test
    void mayBeTriedAgainAfterItWasRefused() throws IOException {
        try (var first = writer(); var second = writer()) {
            first.activate();
            cannotActivate(second);
            first.deactivate();
            second.activate();
        }
    }

    @Test
    void locksTheBytesQemuLocks() throws IOException {
        try (var store = writer(); OwnedFd other = FileIo.open(path.toString(), true, false)) {
            assertThat(OfdLock.isLockedByOther(other, 0, 300)).as("before activation").isFalse();
            store.activate();

            assertThat(OfdLock.isLockedByOther(other, 100, 1)).as("read").isTrue();
            assertThat(OfdLock.isLockedByOther(other, 101, 1)).as("write").isTrue();
            assertThat(OfdLock.isLockedByOther(other, 201, 1)).as("refuses writers").isTrue();
            assertThat(OfdLock.isLockedByOther(other, 0, 100)).isFalse();
            assertThat(OfdLock.isLockedByOther(other, 102, 99)).isFalse();
            assertThat(OfdLock.isLockedByOther(other, 202, 99)).isFalse();

            store.deactivate();
            assertThat(OfdLock.isLockedByOther(other, 0, 300)).as("after deactivation").isFalse();
        }
    }

    @Test
    void refusesWhatSomebodyWritesOrLetsNobodyUse() throws IOException {
        for (int taken : new int[] {101, 200, 201}) {
            try (var store = writer(); OwnedFd other = FileIo.open(path.toString(), false, false)) {
                assertThat(OfdLock.tryShared(other, taken, 1)).isTrue();
                cannotActivate(store);
            }
        }
    }

    @Test
    void sharesWithAReaderThatLetsItWrite() throws IOException {
        try (var store = writer(); OwnedFd other = FileIo.open(path.toString(), true, false)) {
            assertThat(OfdLock.tryShared(other, 100, 1)).isTrue();
            store.activate();
        }
    }

    @Test
    void staysLockedWhenTheFileIsOpenedAndClosedElsewhereInTheProcess() throws IOException {
        try (var first = writer(); var second = writer()) {
            first.activate();
            Files.readAllBytes(path);
            cannotActivate(second);
        }
    }

    @Test
    void doesNotLockWhenLockingIsSwitchedOff() throws IOException {
        var options = FileStoreOptions.of(path).withLocking(false);
        try (var first = writer(); var second = FileStore.open("vdb", options)) {
            first.activate();
            second.activate();
        }
    }
}
