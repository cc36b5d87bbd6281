package dev.isthmus.linux;

import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;

/**
 * A network interface of this process's namespace, by its name: netdevice(7), {@code include/uapi/linux/sockios.h}.
 * What changes something wants CAP_NET_ADMIN.
 */
public record NetInterface(String name) {
    /** IFNAMSIZ of {@code include/uapi/linux/if.h} with the terminating zero. */
    public static final int NAME_BYTES_MAX = 15;

    private static final int SIOCGIFFLAGS = 0x8913;
    private static final int SIOCSIFFLAGS = 0x8914;
    private static final int SIOCGIFMTU = 0x8921;
    private static final int SIOCSIFMTU = 0x8922;
    private static final int SIOCGIFINDEX = 0x8933;
    private static final int SIOCBRADDIF = 0x89a2;

    private static final int IFF_UP = 1;

    /** {@code struct ifreq}: name 0, then a union at 16: flags u16, or mtu, index u32. */
    private static final int IFREQ_BYTES = 40;

    static final int IFREQ_UNION = 16;

    public NetInterface {
        if (!isName(name)) {
            throw new IllegalArgumentException("no name of an interface: \"" + name + "\"");
        }
    }

    /** Whether an interface may have this name. {@code dev_valid_name} of the kernel. */
    public static boolean isName(String text) {
        return !text.isEmpty() && text.getBytes(StandardCharsets.UTF_8).length <= NAME_BYTES_MAX
                && !text.equals(".") && !text.equals("..")
                && text.chars().allMatch(c -> c > ' ' && c != '/' && c != ':' && c != 0x7f);
    }

    public boolean exists() {
        try {
            index();
            return true;
        } catch (LinuxException e) {
            return false;
        }
    }

    public int index() throws LinuxException {
        return (int) ask(SIOCGIFINDEX, "look for the interface");
    }

    /** Largest IP packet, in bytes. */
    public int mtu() throws LinuxException {
        return (int) ask(SIOCGIFMTU, "ask for the MTU");
    }

    public void setMtu(int mtu) throws LinuxException {
        tell(name, SIOCSIFMTU, mtu, "set the MTU " + mtu);
    }

    public boolean isUp() throws LinuxException {
        return (ask(SIOCGIFFLAGS, "ask whether it is up") & IFF_UP) != 0;
    }

    public void setUp() throws LinuxException {
        tell(name, SIOCSIFFLAGS, ask(SIOCGIFFLAGS, "ask whether it is up") & 0xffff | IFF_UP, "set it up");
    }

    /** Makes it a port of a bridge. */
    public void joinBridge(NetInterface bridge) throws LinuxException {
        tell(bridge.name, SIOCBRADDIF, index(), "join the bridge " + bridge.name);
    }

    private long ask(int request, String what) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            long ifreq = ifreq(arena, name);
            call(request, ifreq, what);
            return HostMemory.u32(ifreq + IFREQ_UNION);
        }
    }

    private void tell(String whom, int request, long value, String what) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            long ifreq = ifreq(arena, whom);
            HostMemory.putU32(ifreq + IFREQ_UNION, value);
            call(request, ifreq, what);
        }
    }

    /** Zeroes but for the name. */
    static long ifreq(Arena arena, String name) {
        long ifreq = arena.allocate(IFREQ_BYTES, Long.BYTES).address();
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        HostMemory.copy(bytes, 0, ifreq, bytes.length);
        return ifreq;
    }

    private void call(int request, long ifreq, String what) throws LinuxException {
        // Any socket does.
        int fd = Libc.socket(Constants.AF_UNIX, Constants.SOCK_STREAM | Constants.SOCK_CLOEXEC, 0);
        try (OwnedFd socket = OwnedFd.own((int) LinuxException.check(fd, "socket"))) {
            LinuxException.check(Libc.ioctl(socket.number(), request, ifreq), name + ": " + what);
        }
    }
}
