package dev.isthmus.blk.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bin/soak volumes}. */
@Tag("soak")
class VolumeThinSoakTest {
    @TempDir(factory = TargetDirectory.class)
    Path directory;

    @Test
    void volumeTakesWhatWasWrittenAndNothingOnceThatIsDiscarded() throws IOException {
        long mebibytes = Long.getLong("isthmus.volumes.mebibytes", 1024);
        String found = new ThinVolume(directory, mebibytes << 20).run();
        Path report = Path.of(System.getProperty("isthmus.root", ".."), "target/soak/volumes.txt");
        Files.createDirectories(report.getParent());
        Files.writeString(report, found);
    }
}
