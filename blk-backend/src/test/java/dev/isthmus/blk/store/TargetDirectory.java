package dev.isthmus.blk.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDirFactory;

/**
 * Temporary directories inside the build's own, which is on a disk; the system's may be on tmpfs, where much is
 * different.
 */
final class TargetDirectory implements TempDirFactory {
    @Override
    public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext test) throws IOException {
        Path parent = Files.createDirectories(Path.of("target", "images").toAbsolutePath());
        return Files.createTempDirectory(parent, "store");
    }
}
