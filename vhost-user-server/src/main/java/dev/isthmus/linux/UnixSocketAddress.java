package dev.isthmus.linux;

import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;

/** {@code struct sockaddr_un}: family (u16) and up to 107 bytes of path with a terminating zero (unix(7)). */
final class UnixSocketAddress {
    static final int PATH_BYTES_MAX = 107;
    static final int BYTES = 110;

    private UnixSocketAddress() {}

    static long encode(String path, Arena arena) throws LinuxException {
        byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > PATH_BYTES_MAX) {
            throw new LinuxException("socket path " + path + " is " + bytes.length + " bytes long, at most "
                    + PATH_BYTES_MAX + " are possible", Errno.ENAMETOOLONG);
        }
        long address = arena.allocate(BYTES, Long.BYTES).address();
        HostMemory.putU16(address, Constants.AF_UNIX);
        HostMemory.copy(bytes, 0, address + 2, bytes.length);
        return address;
    }
}
