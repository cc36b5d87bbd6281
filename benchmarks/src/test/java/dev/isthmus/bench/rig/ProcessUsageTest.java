package dev.isthmus.bench.rig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class ProcessUsageTest {
    private static final long SECOND = 1_000_000_000;

    @Test
    void seesThisProcessWork() throws IOException {
        long self = ProcessHandle.current().pid();
        ProcessUsage before = ProcessUsage.of(self);
        long wanted = before.scheduledNanos() + 50_000_000;

        while (ProcessUsage.of(self).scheduledNanos() < wanted) { // reading it is work
            assertThat(ProcessUsage.of(self).tickNanos()).isGreaterThanOrEqualTo(before.tickNanos());
        }

        assertThat(ProcessUsage.of(self).nanosSince(before)).isPositive();
    }

    @Test
    void seesThisProcessesMemory() throws IOException {
        assertThat(ProcessUsage.residentKilobytes(ProcessHandle.current().pid())).isGreaterThan(10_000);
    }

    @Test
    void clockOfTheSchedulerCountsWhileBothTellTheSame() {
        var before = new ProcessUsage(SECOND, SECOND);
        var after = new ProcessUsage(2 * SECOND + 12_345, 2 * SECOND - 20_000_000);

        assertThat(after.agreesSince(before)).isTrue();
        assertThat(after.nanosSince(before)).isEqualTo(SECOND + 12_345);
    }

    @Test
    void ticksCountWhenAThreadEndedAndTookItsTimeAlong() {
        var before = new ProcessUsage(5 * SECOND, 5 * SECOND);
        var after = new ProcessUsage(3 * SECOND, 6 * SECOND);

        assertThat(after.agreesSince(before)).isFalse();
        assertThat(after.nanosSince(before)).isEqualTo(SECOND);
    }

    @Test
    void processThatIsGoneHasNoUsage() {
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> ProcessUsage.of(Integer.MAX_VALUE));
    }
}
