package dev.isthmus.bench.net;

import dev.isthmus.bench.rig.Cleanup;
import dev.isthmus.bench.rig.Pin;
import dev.isthmus.bench.rig.Server;
import dev.isthmus.bench.rig.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A guest with two cards in a network namespace, which is its host's side, and an iperf3 server inside.
 *
 * <pre>
 *   eth0 ── vhost-user ── isthmus-net ── tap0      10.77.0.1
 *   eth1 ──────────────── QEMU ───────── tap1      10.77.1.1
 * </pre>
 */
final class TcpGuest {
    private static final double BUILD_SECONDS = 900;
    private static final double BOOT_SECONDS = 120;
    /** iperf3's word. */
    private static final String READY = "Server listening";
    private static final String SCRIPT = """
            for number in 0 1; do
              ip link set eth$number up
              ip address add 10.77.$number.2/24 dev eth$number
            done
            ethtool -k eth0 | grep -E '^(tx-checksumming|tcp-segmentation-offload):'
            iperf3 -s
            """;

    private final String network;
    private final Server backend;
    private final Server qemu;

    private TcpGuest(String network, Server backend, Server qemu) {
        this.network = network;
        this.backend = backend;
        this.qemu = qemu;
    }

    static TcpGuest boot(Cleanup cleanup, Path root, Path directory) throws IOException {
        String guest = root.resolve("target/guest").toString();
        String clients = root.resolve("target/clients").toString();
        Tool.runFor(BUILD_SECONDS, root + "/e2e-tests/guest/build-guest.sh", "--tools", guest);
        // Debian 13's QEMU: Debian 12's ends when a card of vhost-user has message interrupts without KVM.
        Tool.runFor(BUILD_SECONDS, root + "/e2e-tests/clients/build-clients.sh", clients);
        String accelerator = Tool.runFor(BUILD_SECONDS, root + "/e2e-tests/guest/accelerator.sh", guest);
        String network = cleanup.make(() -> addNetwork("isthmus-bench-" + ProcessHandle.current().pid()),
                name -> Tool.run("ip", "netns", "delete", name));
        for (int number = 0; number < Side.values().length; number++) {
            ip(network, "tuntap add dev tap" + number + " mode tap vnet_hdr");
            ip(network, "link set tap" + number + " up");
            ip(network, "address add 10.77." + number + ".1/24 dev tap" + number);
        }
        Path socket = directory.resolve("card.sock");
        Server backend = Server.start(cleanup, Pin.OFF, directory.resolve("tcp-ours.log"), in(network, root
                + "/bin/isthmus-net", "--log-level=warn", "--device", "socket-path=" + socket + ",tap=tap0"));
        backend.awaitListening(socket);
        Path script = Files.writeString(directory.resolve("script"), SCRIPT);
        List<String> command = in(network, root + "/e2e-tests/clients/qemu.sh", clients + "/root");
        command.addAll(List.of(accelerator.split(" ")));
        command.addAll(List.of("-nodefaults", "-display", "none", "-nic", "none", "-no-reboot", "-serial", "stdio",
                "-smp", "2", "-m", "512", "-object", "memory-backend-memfd,id=memory,size=512M,share=on", "-numa",
                "node,memdev=memory", "-kernel", guest + "/vmlinuz", "-initrd", guest + "/initrd.img", "-append",
                "console=ttyS0 quiet panic=-1 no_timer_check isthmus.mode=script", "-fw_cfg",
                "name=opt/isthmus/script,file="
                        + script, "-chardev", "socket,id=ours,path=" + socket, "-netdev",
                "vhost-user,id=ours-net,chardev=ours", "-device", "virtio-net-pci,netdev=ours-net,romfile=,"
                        + "mac=02:00:00:00:77:02", "-netdev",
                "tap,id=peer-net,ifname=tap1,script=no,downscript=no,vhost=off", "-device",
                "virtio-net-pci,netdev=peer-net,romfile=,mac=02:00:00:00:77:03", "-drive",
                "if=none,id=tools,format=raw,read-only=on,file=" + guest + "/tools.img", "-device",
                "virtio-blk-pci,drive=tools,serial=isthmus-tools"));
        Server qemu = Server.start(cleanup, Pin.OFF, directory.resolve("tcp-guest.log"), command);
        qemu.awaitSaid(READY, BOOT_SECONDS);
        return new TcpGuest(network, backend, qemu);
    }

    private static String addNetwork(String name) throws IOException {
        Tool.run("ip", "netns", "add", name);
        return name;
    }

    private static void ip(String network, String words) throws IOException {
        List<String> command = new ArrayList<>(List.of("ip", "-netns", network));
        command.addAll(List.of(words.split(" ")));
        Tool.run(command.toArray(String[]::new));
    }

    private static List<String> in(String network, String... command) {
        List<String> words = new ArrayList<>(List.of("ip", "netns", "exec", network));
        words.addAll(List.of(command));
        return words;
    }

    /** Sends or receives by TCP for so many seconds on one of the cards; what iperf3 says of it, as JSON. */
    String transfer(Side side, boolean toHost, double seconds) throws IOException {
        List<String> command = in(network, "iperf3", "--client", "10.77." + side.ordinal() + ".2", "--json", "--time",
                Long.toString(Math.max(1, Math.round(seconds))));
        if (toHost) {
            command.add("--reverse");
        }
        return Tool.runFor(seconds + BOOT_SECONDS, command.toArray(String[]::new));
    }

    /** Processes that work for a card: QEMU, and ours. */
    List<Long> pids(Side side) {
        return side == Side.OURS ? List.of(qemu.pid(), backend.pid()) : List.of(qemu.pid());
    }
}
