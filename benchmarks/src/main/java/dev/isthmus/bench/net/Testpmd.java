package dev.isthmus.bench.net;

import dev.isthmus.bench.rig.Pin;
import dev.isthmus.bench.rig.Tool;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * DPDK's program that moves frames, of Debian 13, and how it is started with one port, whether front-end or back-end.
 * Its two threads share one processor: one waits for commands, one polls.
 */
final class Testpmd {
    private static final int BUILD_SECONDS = 600;

    private final Path root;

    private Testpmd(Path root) {
        this.root = root;
    }

    /** Unpacks it, if that was not done yet. */
    static Testpmd build(Path root) throws IOException {
        Tool.runFor(BUILD_SECONDS, root.resolve("e2e-tests/dpdk/build-dpdk.sh").toString(), root.resolve("target/dpdk")
                .toString());
        return new Testpmd(root);
    }

    /** A back-end that listens, and takes frames or makes them until it is ended. */
    List<String> backend(Path socket, Flow flow, Pin pin) {
        List<String> command = command("net_vhost0,iface=" + socket, flow, flow.toHost() ? "rxonly" : "txonly",
                pin == Pin.ON ? "0" : "(0,1)", "peer");
        // Without this it ends with its input, which is none.
        command.add("--stats-period=86400");
        return command;
    }

    /** A front-end that makes frames or takes them, and obeys commands. */
    List<String> frontend(Path socket, Flow flow, Pin pin) {
        List<String> command = command("net_virtio_user0,path=" + socket + ",queues=1,queue_size=1024", flow, flow
                .toHost() ? "txonly" : "rxonly", pin == Pin.ON ? "1" : "(0,1)", "frontend");
        command.add("--interactive");
        return command;
    }

    private List<String> command(String device, Flow flow, String mode, String cpus, String name) {
        List<String> command = new ArrayList<>();
        // Its output is a file; what it says is wanted at once.
        command.addAll(List.of("stdbuf", "-o0", root.resolve("e2e-tests/dpdk/testpmd.sh").toString(), root.resolve(
                "target/dpdk/root").toString(), "--lcores=0@" + cpus + ",1@" + cpus, "--no-huge", "-m", "256",
                "--no-pci", "--no-telemetry", "--file-prefix=isthmus-bench-%d-%s".formatted(ProcessHandle.current()
                        .pid(), name), "--vdev=" + device));
        command.addAll(List.of("--", "--no-mlockall", "--total-num-mbufs=16384", "--nb-cores=1", "--rxd=1024",
                "--txd=1024", "--forward-mode=" + mode, "--txpkts=" + flow.frameBytes(), "--auto-start"));
        return command;
    }
}
