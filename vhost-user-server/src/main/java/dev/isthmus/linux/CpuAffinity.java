package dev.isthmus.linux;

import java.lang.foreign.Arena;

/** Which CPUs a thread may run on: {@code sched_setaffinity(2)}. */
public final class CpuAffinity {
    /** As many CPUs as glibc's {@code cpu_set_t} holds. */
    public static final int CPUS_MAX = 1024;

    private CpuAffinity() {}

    /** Where the calling thread may run now, for {@link #allowCurrentThread}; also what it would bequeath. */
    public static byte[] ofCurrentThread() throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            long mask = arena.allocate(CPUS_MAX / 8, Long.BYTES).address();
            LinuxException.check(Libc.schedGetaffinity(0, CPUS_MAX / 8, mask), "sched_getaffinity");
            byte[] bytes = new byte[CPUS_MAX / 8];
            HostMemory.copy(mask, bytes, 0, bytes.length);
            return bytes;
        }
    }

    /** Takes back {@link #bindCurrentThread}. */
    public static void allowCurrentThread(byte[] cpus) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            long mask = arena.allocate(cpus.length, Long.BYTES).address();
            HostMemory.copy(cpus, 0, mask, cpus.length);
            LinuxException.check(Libc.schedSetaffinity(0, cpus.length, mask), "sched_setaffinity");
        }
    }

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
