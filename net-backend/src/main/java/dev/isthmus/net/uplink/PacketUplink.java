package dev.isthmus.net.uplink;

import dev.isthmus.linux.Errno;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.NetInterface;
import dev.isthmus.linux.PacketSocket;
import java.io.IOException;
import java.util.List;

/**
 * An interface of the host as it is, such as one end of a veth pair or a card of its own for the guest: the guest sees
 * what the interface receives, and sends over it. What the host itself sends over the interface does not reach the
 * guest. One queue pair.
 *
 * <p>The interface decides what work of its frames it leaves undone; a guest that does not do it gets no such frames.
 */
public final class PacketUplink implements Uplink {
    private final NetInterface on;
    private final UplinkAbilities abilities;

    private PacketUplink(NetInterface on, int mtu) {
        this.on = on;
        this.abilities = new UplinkAbilities(Offloads.ALL, Offloads.ALL, mtu, 1);
    }

    /**
     * Looks whether the interface is there and may be used.
     *
     * @throws IOException in one line what is wrong and what the operator can do about it
     */
    public static PacketUplink open(NetInterface on) throws IOException {
        try {
            PacketSocket.open(on).close();
            return new PacketUplink(on, on.mtu());
        } catch (LinuxException e) {
            throw new IOException(switch (e.errno()) {
                case Errno.EPERM -> on.name() + ": this process may see no frames of interfaces; it wants CAP_NET_RAW"
                        + " (systemd: AmbientCapabilities=CAP_NET_RAW)";
                case Errno.ENODEV -> on.name() + ": there is no such interface";
                default -> String.valueOf(e.getMessage());
            }, e);
        }
    }

    @Override
    public UplinkAbilities abilities() {
        return abilities;
    }

    /** A socket of its own each time: no frame waits in it from before. */
    @Override
    public UplinkQueue open(int pair, Offloads toGuest) throws IOException {
        return new PacketUplinkQueue(PacketSocket.open(on));
    }

    /** What keeps frames from getting through, a sentence each; empty when nothing does. */
    public List<String> problems() {
        return TapSetup.problems(on);
    }

    @Override
    public void close() {}
}
