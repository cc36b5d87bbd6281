package dev.isthmus.linux;

import java.lang.foreign.Arena;

/** Which CPUs a thread may run on: {@code sched_setaffinity(2)}. */
public final class CpuAffinity {
    /** As many CPUs as glibc's {@code cpu_set_t} holds. */
    public static final int CPUS_MAX = 1024;

    private CpuAffinity() {}

    /** Binds the calling thread to one CPU. */
    public static void bindCurrentThread(int cpu) throws LinuxException {
        if (cpu < 0 || cpu >= CPUS_MAX) {
            throw new IllegalArgumentException("CPU " + cpu + " is not between 0 and " + (CPUS_MAX - 1));
        }
        try (Arena arena = Arena.ofConfined()) {
            long mask = arena.allocate(CPUS_MAX / 8, Long.BYTES).address();
            HostMemory.putU8(mask + cpu / 8, 1 << cpu % 8);
            LinuxException.check(Libc.schedSetaffinity(0, CPUS_MAX / 8, mask), "sched_setaffinity to CPU " + cpu);
        }
    }
}
