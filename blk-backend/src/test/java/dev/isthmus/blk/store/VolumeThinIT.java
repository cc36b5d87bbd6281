package dev.isthmus.blk.store;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("rocksdb")
class VolumeThinIT {
    @TempDir(factory = TargetDirectory.class)
    Path directory;

    @Test
    void volumeTakesWhatWasWrittenAndNothingOnceThatIsDiscarded() throws IOException {
        new ThinVolume(directory, 192L << 20).run();
    }
}
