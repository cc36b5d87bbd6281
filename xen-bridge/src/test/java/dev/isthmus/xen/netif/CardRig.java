package dev.isthmus.xen.netif;

import dev.isthmus.xen.CrashPoint;
import dev.isthmus.xen.EventChannels;
import dev.isthmus.xen.GrantTable;
import java.io.IOException;
import java.nio.file.Path;

/** Everything between a guest and a back-end without a thread, on the thread of a test. */
final class CardRig implements AutoCloseable {
    final NetGuest guest;
    final MemoryWire wire = new MemoryWire();
    final NetifCounters counters = new NetifCounters();
    final CrashPoint crash = new CrashPoint();
    private final GrantTable grants;
    private final EventChannels channels;
    private final NetifConnection wanted;
    private final NetifCardOptions options;
    GuestCard card;

    CardRig(NetGuest guest) throws IOException {
        this(guest, guest.connection(), VifRate.UNLIMITED);
    }

    CardRig(NetGuest guest, NetifConnection wanted, VifRate rate) throws IOException {
        this(guest, wanted, rate, guest.openGrantTable());
    }

    CardRig(NetGuest guest, NetifConnection wanted, VifRate rate, GrantTable grants) throws IOException {
        this.guest = guest;
        this.wanted = wanted;
        this.grants = crash.around(grants);
        this.channels = crash.around(guest.openEventChannels());
        wire.crash = crash;
        this.options = NetGuest.options(Path.of("/nowhere"), rate);
        this.card = open(false);
        card.service().resume(wire);
    }

    private GuestCard open(boolean takenOver) throws IOException {
        NetifConnection now = new NetifConnection(wanted.queues(), wanted.scatterGather(), wanted.gsoV4(),
                wanted.gsoV6(), wanted.checksumV4(), wanted.checksumV6(), wanted.notifies(), takenOver);
        return GuestCard.open(options, now, new NetifProperties(4, true, true), grants, channels, counters);
    }

    /** As when the process ended here and a new one begins. */
    void restart() throws IOException {
        crash.never();
        card.close();
        wire.lose();
        card = open(true);
        card.service().resume(wire);
    }

    void turn() {
        int turns = 0;
        while (card.turn() > 0) {
            turns++;
            if (turns > 100_000) {
                throw new AssertionError("work without end");
            }
        }
    }

    @Override
    public void close() {
        card.close();
        channels.close();
        grants.close();
        wire.close();
    }
}
