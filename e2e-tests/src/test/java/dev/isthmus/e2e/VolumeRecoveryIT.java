package dev.isthmus.e2e;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A volume has all that was flushed after its process was killed, and after the power of the host failed. */
@Tag("rocksdb")
class VolumeRecoveryIT {

    private static final long SEED = 1;
    private static final int TIMES = 10;

    @TempDir(factory = MemoryDirectory.class)
    private Path directory;

    @Test
    void backendThatIsKilledCostsAGuestOnAVolumeAPause() throws Exception {
        KillRig.run(TIMES, SEED, KillGuest.volume("killed", directory).withQueues(2), List.of(), directory, Host.log(
                "volume-kill-report"));
    }

    @Test
    void whatWasFlushedToAVolumeIsThereAfterAPowerCut() throws Exception {
        new PowerCuts(SEED, directory, Host.log("volume-powercut-report")).run(TIMES, 5, new VolumeCutStore(
                Recording.DISK_BYTES), List.of("--volume-memory=16M"));
    }
}
