package dev.isthmus.blk;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Bytes this thread allocates between {@link #begin} and {@link #end}. */
final class AllocationMeter {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private long start;
    private long bytes;

    void begin() {
        start = THREADS.getCurrentThreadAllocatedBytes();
    }

    void end() {
        bytes += THREADS.getCurrentThreadAllocatedBytes() - start;
    }

    long bytes() {
        return bytes;
    }
}
