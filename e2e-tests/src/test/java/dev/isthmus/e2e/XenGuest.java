package dev.isthmus.e2e;

import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A guest of Xen with a stock kernel. It runs scripts on its console, which dom0 passes on to us. */
final class XenGuest implements Shell, AutoCloseable {

    /** How a guest is virtualized. */
    enum Kind {
        PV, PVH;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What xl may take for one command: the builder alone reads 60 MB, and libxl waits 40 s for a script. */
    private static final Duration COMMAND_LIMIT = Duration.ofSeconds(120);

    /** Both by our clock, which may be much faster than the guest's. */
    private static final Duration BOOT_LIMIT = Duration.ofSeconds(900);
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(60);

    private static final String CREATE = """
            cat > /run/%1$s.cfg << 'END'
            name='%1$s'
            type='%2$s'
            kernel='/isthmus/guest/vmlinux'
            ramdisk='/isthmus/guest/initrd.img'
            memory=%3$d
            vcpus=%4$d
            on_crash='destroy'
            on_reboot='restart'
            cmdline='console=hvc0 quiet isthmus.mode=agent isthmus.tools=%5$s'
            disk=[ %6$s ]
            END
            xl create -q /run/%1$s.cfg
            """;

    private static final int MEMORY_MEBIBYTES = 320;

    private final XenHost host;
    private final String name;
    private final int port;

    private XenGuest(XenHost host, String name) {
        this.host = host;
        this.name = name;
        port = host.takePort();
    }

    /** Creates a guest with one vCPU and these disks beside that of its tools, and waits until it takes scripts. */
    static XenGuest create(XenHost host, Kind kind, String name, XenDisk... disks)
            throws IOException, InterruptedException {
        var guest = new XenGuest(host, name);
        try {
            host.sh(creation(kind, name, disks), COMMAND_LIMIT);
            guest.connect();
            return guest;
        } catch (AssertionError | IOException | InterruptedException e) {
            guest.close();
            throw e;
        }
    }

    private static String creation(Kind kind, String name, XenDisk... disks) {
        String lines = Stream.concat(Stream.of(XenDisk.TOOLS), Stream.of(disks)).map(disk -> "'" + disk.line() + "'")
                .collect(Collectors.joining(", "));
        return CREATE.formatted(name, kind, MEMORY_MEBIBYTES, 1, XenDisk.TOOLS.device(), lines);
    }

    /**
     * Passes its console on, and waits until it takes scripts. A guest that boots again meanwhile has another number
     * and another console.
     */
    private void connect() throws IOException, InterruptedException {
        agent().forget();
        long deadline = System.nanoTime() + BOOT_LIMIT.toNanos();
        String connected = "";
        while (true) {
            String domain = host.run("xl domid " + name).output();
            if (domain.matches("\\d+") && !domain.equals(connected)) {
                relay(domain);
                connected = domain;
            }
            try {
                agent().awaitReady(LOOK_AGAIN);
                return;
            } catch (AssertionError e) {
                if (deadline - System.nanoTime() < 0) {
                    throw explained(e);
                }
            }
        }
    }

    private GuestAgent agent() {
        return host.console(port);
    }

    @Override
    public Result run(String script, Duration limit) throws IOException, InterruptedException {
        try {
            return agent().run(script, limit);
        } catch (AssertionError e) {
            throw explained(e);
        }
    }

    /** The same failure, with what the guest wrote on its console and Xen's own words. */
    private AssertionError explained(AssertionError e) throws IOException, InterruptedException {
        Result look = host.run("xl list; xl dmesg | tail -n 5; tail -n 30 /var/log/xen/console/guest-%s.log".formatted(
                name));
        return new AssertionError(name + ": " + e.getMessage() + "\n" + look.output(), e);
    }

    String name() {
        return name;
    }

    /** Hot-plugs a disk and waits until the guest has it. */
    void attach(XenDisk disk) throws IOException, InterruptedException {
        host.sh("xl block-attach %s %s".formatted(name, disk.line()), COMMAND_LIMIT);
        sh("until test -b /dev/%s; do sleep 0.1; done".formatted(disk.device()));
    }

    /** Unplugs a disk, as both sides agree on it. */
    void detach(XenDisk disk) throws IOException, InterruptedException {
        host.sh("xl block-detach %s %s".formatted(name, disk.device()), COMMAND_LIMIT);
        sh("while test -b /dev/%s; do sleep 0.1; done".formatted(disk.device()));
    }

    /** Lets it boot again: another domain of the same name, whose disks are attached anew. */
    void reboot() throws IOException, InterruptedException {
        String before = domain();
        start("reboot -f");
        host.sh("until now=$(xl domid %1$s 2> /run/out) && test $now != %2$s; do sleep 0.3; done".formatted(name,
                before), COMMAND_LIMIT);
        connect();
    }

    /** Saves it to a file, after which it is gone, and makes it go on from there as another domain. */
    void saveAndRestore() throws IOException, InterruptedException {
        host.sh("xl save %1$s /dev/shm/%1$s.saved; xl restore /dev/shm/%1$s.saved; rm /dev/shm/%1$s.saved".formatted(
                name), COMMAND_LIMIT);
        relay(domain());
    }

    /** Panics it, and waits until Xen has forgotten it. */
    void crash() throws IOException, InterruptedException {
        start("echo c > /proc/sysrq-trigger");
        awaitGone();
    }

    private String domain() throws IOException, InterruptedException {
        return host.sh("xl domid " + name);
    }

    private void relay(String domain) throws IOException, InterruptedException {
        host.sh("isthmus-relay org.isthmus.console.%d %s".formatted(port, domain));
    }

    /** Ends it without asking it. */
    void destroy() throws IOException, InterruptedException {
        host.sh("xl destroy " + name, COMMAND_LIMIT);
    }

    /** Sends a script whose end nobody awaits, such as one that powers off. */
    void start(String script) throws IOException {
        agent().start(script, SCRIPT_LIMIT);
    }

    /** Waits until Xen has forgotten it. */
    void awaitGone() throws IOException, InterruptedException {
        host.sh("while xl domid %s > /run/out 2>&1; do sleep 0.3; done".formatted(name), COMMAND_LIMIT);
    }

    @Override
    public void close() throws IOException {
        try {
            host.run("xl destroy %s 2> /run/out".formatted(name), COMMAND_LIMIT);
        } catch (AssertionError _) {
            return; // dom0 does not answer, and whoever asks it next hears of it
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        host.givePort(port);
    }
}
