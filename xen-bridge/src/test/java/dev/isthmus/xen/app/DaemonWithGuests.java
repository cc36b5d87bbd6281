package dev.isthmus.xen.app;

import dev.isthmus.xen.EventChannels;
import dev.isthmus.xen.FakeXen;
import dev.isthmus.xen.FakeXenstore;
import dev.isthmus.xen.GrantTable;
import dev.isthmus.xen.blkif.LoadingGuest;
import dev.isthmus.xen.bridge.XenDevices;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The daemon in the same process with a hypervisor, a xenstore and guests, one with a disk for each socket: what it
 * costs to serve them, where there is no Xen. The guests load their disks for ever.
 *
 * <p>The property {@value #SOCKETS} has the back-ends' sockets, separated by colons; the daemon's command line, after
 * the two words by which a launcher names its jar, is the rest.
 */
public final class DaemonWithGuests {
    private static final String SOCKETS = "isthmus.sockets";
    private static final int FIRST_DOMAIN = 5;
    private static final int DEVICE = 51712;
    private static final int LAUNCHERS_WORDS = 2;

    private final FakeXen xen = new FakeXen();
    private final FakeXenstore store = new FakeXenstore();
    private final StorePaths paths = new StorePaths(0);

    private DaemonWithGuests() {}

    /** Serves until a signal ends the process. */
    public static void main(String[] args) throws IOException, InterruptedException {
        new DaemonWithGuests().run(args);
    }

    private void run(String[] args) throws IOException, InterruptedException {
        XenOptions options = XenOptions.parse(Arrays.copyOfRange(args, LAUNCHERS_WORDS, args.length));
        int domain = FIRST_DOMAIN;
        for (String socket : System.getProperty(SOCKETS).split(":", -1)) {
            create(domain++, socket);
        }
        var devices = new XenDevices() {
            @Override
            public GrantTable openGrantTable() {
                return xen.openGrantTable();
            }

            @Override
            public EventChannels openEventChannels() throws IOException {
                return xen.openEventChannels();
            }
        };
        System.exit(XenDaemon.serve(options, store::connect, DeviceOpeners.over(devices)));
    }

    /** As xl makes a guest, which then is on its own. */
    private void create(int domain, String socket) {
        DeviceId id = new DeviceId(DeviceId.VBD3, domain, DEVICE);
        String back = paths.backend(id);
        String front = LifeRig.front(id);
        store.introduce(domain);
        store.writeAll(LifeRig.nodes(paths, id, "aio:vhost-user:" + socket));
        var guest = new LoadingGuest(xen, domain);
        Thread.ofPlatform().daemon().name("guest-" + domain).start(() -> live(guest, back, front));
    }

    private void live(LoadingGuest guest, String back, String front) {
        try {
            await(back, 2);
            store.write(front + "/ring-ref", Integer.toString(guest.ringReference()));
            store.write(front + "/event-channel", Integer.toString(guest.port()));
            store.write(front + "/protocol", "x86_64-abi");
            store.write(front + "/state", "3");
            await(back, 4);
            store.write(front + "/state", "4");
            guest.load();
        } catch (IOException | InterruptedException | AssertionError e) {
            e.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
    }

    private void await(String back, int state) throws InterruptedException {
        var never = new CountDownLatch(1);
        while (!store.read(back + "/state").orElse("").equals(Integer.toString(state))) {
            never.await(20, TimeUnit.MILLISECONDS);
        }
    }
}
