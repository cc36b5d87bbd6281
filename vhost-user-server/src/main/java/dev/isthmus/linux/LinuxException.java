package dev.isthmus.linux;

import java.io.IOException;

/** A system call failed; carries its errno. */
public final class LinuxException extends IOException {
    private static final long serialVersionUID = 1L;

    private final int errno;

    LinuxException(String what, int errno) {
        super(what + ": " + Errno.describe(errno));
        this.errno = errno;
    }

    public int errno() {
        return errno;
    }

    /** Returns {@code result}, or throws when it is a negative errno. */
    static long check(long result, String what) throws LinuxException {
        if (result < 0) {
            throw new LinuxException(what, (int) -result);
        }
        return result;
    }
}
