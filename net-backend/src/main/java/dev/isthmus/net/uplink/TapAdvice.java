package dev.isthmus.net.uplink;

import dev.isthmus.linux.Errno;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.NetInterface;
import java.io.IOException;

/** Why a TAP interface cannot be used, and what the operator can do about it: a line each. */
final class TapAdvice {
    private TapAdvice() {}

    static IOException about(TapOptions options, LinuxException e) {
        return new IOException(problem(options, e), e);
    }

    private static String problem(TapOptions options, LinuxException e) {
        NetInterface tap = options.tap();
        boolean exists = tap.exists();
        String make = "ip tuntap add dev " + tap.name() + " mode tap user " + System.getProperty("user.name")
                + (options.queuePairs() > 1 ? " multi_queue" : "") + " && ip link set " + tap.name() + " up";
        return switch (e.errno()) {
            case Errno.ENOENT -> "/dev/net/tun does not exist: modprobe tun, or give it to this container (--device"
                    + " /dev/net/tun)";
            case Errno.EACCES -> "/dev/net/tun may not be opened by this user: as root: chmod 0666 /dev/net/tun; an"
                    + " interface still wants its owner or CAP_NET_ADMIN";
            case Errno.EPERM -> exists
                    ? tap.name() + ": it belongs to another user; as root: ip tuntap del dev " + tap.name()
                            + " mode tap, then: " + make
                    : tap.name() + ": it does not exist, and this process may not make it; as root: " + make;
            case Errno.EBUSY -> tap.name()
                    + ": another process uses it; end that, or have an interface with multi_queue";
            case Errno.E2BIG -> tap.name() + ": all its queues are in use";
            case Errno.EINVAL -> tap.name() + ": " + (options.queuePairs() > 1
                    ? "it is no TAP interface of several queues, and " + options.queuePairs() + " queue pairs are"
                            + " wanted; as root: ip tuntap del dev " + tap.name() + " mode tap, then: " + make
                    : "it is no TAP interface");
            default -> tap.name() + ": " + e.getMessage();
        };
    }

    /** One that was there when this process started. */
    static String gone(NetInterface tap, LinuxException e) {
        return tap.exists() ? tap.name() + ": " + e.getMessage()
                : tap.name() + ": the interface is gone; make it again and restart this process";
    }
}
