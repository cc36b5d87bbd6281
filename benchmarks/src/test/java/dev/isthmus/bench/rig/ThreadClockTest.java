package dev.isthmus.bench.rig;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class ThreadClockTest {
    private final long pid = ProcessHandle.current().pid();

    @Test
    void threadsOfThisProcessHaveUsedTime() throws IOException {
        long all = ThreadClock.nanos(pid, name -> true);
        long compilers = ThreadClock.nanos(pid, name -> name.contains("CompilerThre"));

        assertThat(compilers).isPositive().isLessThan(all);
    }

    @Test
    void threadsThatAreNotThereHaveUsedNone() throws IOException {
        assertThat(ThreadClock.nanos(pid, "no such"::equals)).isZero();
    }
}
