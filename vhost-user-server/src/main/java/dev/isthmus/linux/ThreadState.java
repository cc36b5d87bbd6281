package dev.isthmus.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the kernel's scheduler says about a thread of this process: {@code /proc/self/task/N/stat} (proc(5)). */
public final class ThreadState {
    /** {@link #of}: there is no such thread. */
    public static final char GONE = '?';

    /** {@link #of}: waits for something to happen, and may be woken; not merely for a processor. */
    public static final char SLEEPING = 'S';

    private ThreadState() {}

    /** The kernel's number of the calling thread. */
    public static int currentThreadNumber() {
        return Libc.gettid();
    }

    /** The state's letter: R running or waiting for a processor, S sleeping, D in uninterruptible sleep, and so on. */
    public static char of(int threadNumber) {
        try {
            String stat = Files.readString(Path.of("/proc/self/task/" + threadNumber + "/stat"),
                    StandardCharsets.UTF_8);
            // The second field is the name in parentheses, which may hold anything but ends at the last one.
            return stat.charAt(stat.lastIndexOf(')') + 2);
        } catch (IOException e) {
            return GONE;
        }
    }
}
