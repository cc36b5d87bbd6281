package dev.isthmus.bench.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.bench.rig.ProcessUsage;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class MemoryWatchTest {
    @Test
    void itSeesWhatTheKernelSays() throws IOException {
        long pid = ProcessHandle.current().pid();
        double least = ProcessUsage.residentKilobytes(pid) / 1024.0 / 2; // it may shrink meanwhile, but not so much
        try (var watch = MemoryWatch.start(pid)) {
            while (watch.mostMegabytes() == 0) {
                Thread.onSpinWait();
            }
            assertThat(watch.mostMegabytes()).isGreaterThan(least);
        }
    }
}
