package dev.isthmus.loop;

import dev.isthmus.linux.IoUringSetup;
import io.netty.channel.uring.IoUring;
import org.jspecify.annotations.Nullable;

/** What a worker waits with. */
public enum Transport {
    /** io_uring where the kernel allows it, else epoll. */
    AUTO("auto"),
    /** io_uring: waiting and file I/O by one system call. */
    IO_URING("io_uring"),
    /** epoll: works everywhere. */
    EPOLL("epoll");

    private static final String NO_MULTISHOT = "Netty's multishot poll requests are switched off";

    private final String text;

    Transport(String text) {
        this.text = text;
    }

    /** Its name as operators write it. */
    public String text() {
        return text;
    }

    /** What this stands for on this machine, as far as the kernel says: never {@link #AUTO}. Quick. */
    public Transport resolve() {
        if (this != AUTO) {
            return this;
        }
        return IoUringSetup.problem() == null ? IO_URING : EPOLL;
    }

    /**
     * Why workers cannot use it here; null when they can. Container runtimes forbid io_uring more often than not
     * (seccomp: ENOSYS, EPERM), and so does {@code kernel.io_uring_disabled}. The first question for io_uring loads
     * Netty's library, which takes a good part of a second on a busy machine.
     */
    public @Nullable String unavailability() {
        if (this != IO_URING) {
            return null;
        }
        String problem = IoUringSetup.problem();
        if (problem != null) {
            return problem;
        }
        Throwable cause = IoUring.unavailabilityCause();
        if (cause != null) {
            String message = cause.getMessage();
            return message == null ? cause.toString() : message;
        }
        return IoUring.isPollAddMultishotEnabled() ? null : NO_MULTISHOT;
    }
}
