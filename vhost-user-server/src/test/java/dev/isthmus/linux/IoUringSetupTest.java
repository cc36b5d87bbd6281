package dev.isthmus.linux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class IoUringSetupTest {
    @Test
    void findsNoProblemWhereTestsRun() {
        assertThat(IoUringSetup.problem()).isNull();
    }

    @Test
    void saysWhoMayHaveForbiddenIt() {
        assertThat(IoUringSetup.describe(Errno.ENOSYS)).contains("Function not implemented", "seccomp");
        assertThat(IoUringSetup.describe(Errno.EPERM)).contains("Operation not permitted", "kernel.io_uring_disabled");
        assertThat(IoUringSetup.describe(Errno.EMFILE)).isEqualTo("io_uring_setup: Too many open files");
    }
}
