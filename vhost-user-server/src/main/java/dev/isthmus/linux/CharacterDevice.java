package dev.isthmus.linux;

import java.lang.foreign.Arena;

/**
 * A device of the kernel that is spoken to by read, write and ioctl. Addresses are native ones; methods that return a
 * number give a result or {@code -errno} and allocate nothing.
 */
public final class CharacterDevice {
    private CharacterDevice() {}

    /**
     * Opens a device to be read and written.
     *
     * @param nonBlocking has a read return {@code -EAGAIN} where it would wait
     */
    public static OwnedFd open(String path, boolean nonBlocking) throws LinuxException {
        int flags = Constants.O_CLOEXEC | Constants.O_RDWR | (nonBlocking ? Constants.O_NONBLOCK : 0);
        try (Arena arena = Arena.ofConfined()) {
            int fd = Libc.open(arena.allocateFrom(path).address(), flags, 0);
            return OwnedFd.own((int) LinuxException.check(fd, "open " + path));
        }
    }

    /**
     * The number of an ioctl as {@code _IOC(_IOC_NONE, type, number, size)} of asm-generic/ioctl.h makes it; Xen's
     * devices name no direction, though their arguments have one.
     */
    public static long request(char type, int number, int sizeBytes) {
        return (long) sizeBytes << 16 | type << 8 | number;
    }

    public static int ioctl(int fd, long request, long argument) {
        return Libc.ioctl(fd, request, argument);
    }

    /** The same, when it must work; {@code what} is said when it does not. */
    public static int ioctl(OwnedFd fd, long request, long argument, String what) throws LinuxException {
        return (int) LinuxException.check(Libc.ioctl(fd.number(), request, argument), what);
    }

    public static int read(int fd, long buffer, int lengthBytes) {
        return (int) Libc.read(fd, buffer, lengthBytes);
    }

    public static int write(int fd, long buffer, int lengthBytes) {
        return (int) Libc.write(fd, buffer, lengthBytes);
    }
}
