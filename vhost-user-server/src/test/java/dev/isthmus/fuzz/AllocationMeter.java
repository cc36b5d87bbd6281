package dev.isthmus.fuzz;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Bytes this thread allocates between {@link #begin} and {@link #end}. */
public final class AllocationMeter {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private long start;
    private long bytes;

    public void begin() {
        start = THREADS.getCurrentThreadAllocatedBytes();
    }

    public void end() {
        bytes += THREADS.getCurrentThreadAllocatedBytes() - start;
    }

    public long bytes() {
        return bytes;
    }
}
