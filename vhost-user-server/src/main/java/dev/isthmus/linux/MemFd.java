package dev.isthmus.linux;

import java.lang.foreign.Arena;

/** Anonymous shared memory: {@code memfd_create(2)}. */
public final class MemFd {
    private MemFd() {}

    /** A memfd of {@code sizeBytes} zeroes; {@code name} is what {@code /proc} shows. */
    public static OwnedFd create(String name, long sizeBytes) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            int number = Libc.memfdCreate(arena.allocateFrom(name).address(),
                    Constants.MFD_CLOEXEC | Constants.MFD_ALLOW_SEALING);
            OwnedFd fd = OwnedFd.own((int) LinuxException.check(number, "memfd_create"));
            int truncated = Libc.ftruncate(fd.number(), sizeBytes);
            if (truncated < 0) {
                fd.close();
                throw new LinuxException("ftruncate of a memfd to " + sizeBytes + " bytes", -truncated);
            }
            return fd;
        }
    }

    /** Makes its size final, for everyone who has it: what is mapped stays there. */
    public static void sealSize(OwnedFd fd) throws LinuxException {
        LinuxException.check(Libc.fcntl(fd.number(), Constants.F_ADD_SEALS,
                Constants.F_SEAL_SHRINK | Constants.F_SEAL_GROW | Constants.F_SEAL_SEAL), "fcntl(F_ADD_SEALS)");
    }

    /** Changes the size of the file. Whoever has it mapped loses what is cut off. */
    public static void resize(OwnedFd fd, long sizeBytes) throws LinuxException {
        LinuxException.check(Libc.ftruncate(fd.number(), sizeBytes), "ftruncate to " + sizeBytes + " bytes");
    }
}
