package dev.isthmus.linux;

import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;

/** Whether this process may use io_uring: asks the kernel for the smallest of rings, which costs microseconds. */
public final class IoUringSetup {
    // include/uapi/linux/io_uring.h: struct io_uring_params, and in its field features what came with Linux 5.13, as
    // multishot poll requests did.
    private static final int PARAMS_BYTES = 120;
    private static final int FEATURES = 20;
    private static final int IORING_FEAT_RSRC_TAGS = 1 << 10;

    private IoUringSetup() {}

    /** Why it may not, in a few words; null when it may. */
    public static @Nullable String problem() {
        try (Arena arena = Arena.ofConfined()) {
            long params = arena.allocate(PARAMS_BYTES, Long.BYTES).address();
            int fd = Libc.ioUringSetup(1, params);
            if (fd < 0) {
                return describe(-fd);
            }
            Libc.close(fd);
            return (HostMemory.u32(params + FEATURES) & IORING_FEAT_RSRC_TAGS) != 0 ? null
                    : "the kernel is older than Linux 5.13";
        }
    }

    static String describe(int errno) {
        String why = "io_uring_setup: " + Errno.describe(errno);
        return switch (errno) {
            case Errno.ENOSYS -> why + " (an old kernel, or forbidden by a container's seccomp profile)";
            case Errno.EPERM, Errno.EACCES -> why + " (forbidden by kernel.io_uring_disabled or a seccomp profile)";
            default -> why;
        };
    }
}
