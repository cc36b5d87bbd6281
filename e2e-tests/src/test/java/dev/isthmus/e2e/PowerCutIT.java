package dev.isthmus.e2e;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a guest knows to be durable survives a power cut of the host, and its file system is whole afterwards. */
@Tag("recovery")
class PowerCutIT {

    private static final long SEED = 1;

    @TempDir(factory = MemoryDirectory.class)
    private Path directory;

    @ParameterizedTest(name = "{0} cuts, {1}, direct {2}")
    @CsvSource({"3, epoll, false", "3, io_uring, true"})
    void whatWasFlushedIsThere(int times, String transport, boolean direct) throws Exception {
        new PowerCuts(SEED, directory, Host.log("powercut-report")).run(times, 5, raw(direct), options(transport));
    }

    @Test
    @Tag("soak")
    void whatWasFlushedIsThereAfterManyCuts() throws Exception {
        int times = Integer.getInteger("isthmus.powercut.times", 100);
        int seconds = Integer.getInteger("isthmus.powercut.seconds", 30);
        var cuts = new PowerCuts(Long.getLong("isthmus.powercut.seed", SEED), directory,
                Host.ROOT.resolve("target/soak/powercut.txt"));
        if (System.getProperty("isthmus.powercut.store", "file").equals("rocksdb")) {
            CutStore volume = new VolumeCutStore(Recording.DISK_BYTES);
            cuts.run(times / 2, seconds, volume, options("epoll"));
            cuts.run(times - times / 2, seconds, volume, List.of("--volume-memory=16M"));
            return;
        }
        cuts.run(quarter(times, 0), seconds, raw(false), options("epoll"));
        cuts.run(quarter(times, 1), seconds, raw(true), options("epoll"));
        cuts.run(quarter(times, 2), seconds, raw(false), options("io_uring"));
        cuts.run(quarter(times, 3), seconds, raw(true), options("io_uring"));
    }

    private static CutStore raw(boolean direct) {
        return new CutStore.Raw(Recording.DISK_BYTES, direct);
    }

    private static int quarter(int times, int number) {
        return (times + number) / 4;
    }

    private static List<String> options(String transport) {
        return List.of("--transport=" + transport);
    }
}
