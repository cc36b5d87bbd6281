package dev.isthmus.net.uplink;

import dev.isthmus.linux.Errno;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.NetInterface;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes an attached TAP interface what it is to be, as far as it is not, and as far as this process may. */
final class TapSetup {
    private static final Logger LOG = LoggerFactory.getLogger(TapSetup.class);

    private TapSetup() {}

    /**
     * Sets MTU, bridge and state. A state nobody may change is only a warning: it can change later.
     *
     * @return the MTU
     * @throws IOException what cannot be had, and what the operator can do about it
     */
    static int prepare(TapOptions options) throws IOException {
        NetInterface tap = options.tap();
        if (options.mtu() != 0 && tap.mtu() != options.mtu()) {
            try {
                tap.setMtu(options.mtu());
            } catch (LinuxException e) {
                throw new IOException(tap.name() + ": its MTU is " + tap.mtu() + " and not " + options.mtu() + " ("
                        + Errno.describe(e.errno()) + "); as root: ip link set " + tap.name() + " mtu " + options.mtu(),
                        e);
            }
        }
        if (options.bridge() != null && !isPort(tap, options.bridge())) {
            join(tap, options.bridge());
        }
        if (!tap.isUp()) {
            try {
                tap.setUp();
            } catch (LinuxException e) {
                LOG.warn("{} is down, and this process may not change that: no frame gets through before somebody does;"
                        + " as root: ip link set {} up", tap.name(), tap.name());
            }
        }
        return tap.mtu();
    }

    /** As sysfs says, where it shows this process's namespace; false otherwise, which costs a try. */
    private static boolean isPort(NetInterface tap, NetInterface bridge) {
        return Files.exists(Path.of("/sys/class/net", bridge.name(), "brif", tap.name()));
    }

    private static void join(NetInterface tap, NetInterface bridge) throws IOException {
        try {
            tap.joinBridge(bridge);
        } catch (LinuxException e) {
            String command = "as root: ip link set " + tap.name() + " master " + bridge.name();
            throw new IOException(tap.name() + ": " + switch (e.errno()) {
                case Errno.ENODEV, Errno.ENXIO -> "there is no bridge " + bridge.name() + "; as root: ip link add "
                        + bridge.name() + " type bridge";
                case Errno.EOPNOTSUPP -> bridge.name() + " is no bridge";
                case Errno.EBUSY -> "it is a port of a bridge already; if it is not " + bridge.name() + ", " + command;
                case Errno.EPERM -> "this process may not make it a port of " + bridge.name() + "; " + command
                        + ", and leave --bridge out";
                default -> "it cannot be a port of " + bridge.name() + ": " + Errno.describe(e.errno());
            }, e);
        }
    }

    /** A sentence for each reason why no frame gets through. */
    static List<String> problems(NetInterface tap) {
        try {
            return tap.isUp() ? List.of()
                    : List.of("The interface " + tap.name() + " is down: ip link set " + tap.name() + " up.");
        } catch (LinuxException e) {
            return List.of("The interface " + tap.name() + " is gone: make it again and restart this process.");
        }
    }
}
