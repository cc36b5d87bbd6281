package dev.isthmus.xen.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunDirectoryTest {
    @TempDir
    Path directory;

    @Test
    void isMadeForItsOwnerOnly() throws IOException {
        Path path = directory.resolve("a/b");
        try (RunDirectory run = RunDirectory.open(path)) {
            assertThat(run.path()).isEqualTo(path);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path))).isEqualTo("rwx------");
        }
    }

    @Test
    void belongsToOneProcessAtATime() throws IOException {
        try (RunDirectory run = RunDirectory.open(directory)) {
            assertThatThrownBy(() -> RunDirectory.open(run.path(), 0)).hasMessageContaining("another isthmus-xen");
        }
        RunDirectory.open(directory, 0).close();
    }
}
