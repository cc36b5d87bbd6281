package dev.isthmus.e2e;

import java.io.IOException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The two processes in dom0 that serve guests: one back-end for all disks, and the bridge. */
record XenServices(Dom0Process backend, Dom0Process bridge) {

    private static final int DISK_MEBIBYTES = 256;

    /** So that it begins with the first guest and not with what it finds in xenstore. */
    private static final String BRIDGE_SERVES = "grep -q ' serving ' /run/bridge.log";

    /** Starts both, with so many empty disks in dom0's memory, and waits until both serve. */
    static XenServices start(XenHost host, int disks) throws IOException, InterruptedException {
        var services = launch(host, disks);
        services.awaitBackend();
        services.bridge.await(BRIDGE_SERVES);
        return services;
    }

    private static XenServices launch(XenHost host, int disks) throws IOException, InterruptedException {
        host.sh(IntStream.range(0, disks).mapToObj(disk -> "truncate -s %dM %s".formatted(DISK_MEBIBYTES, image(disk)))
                .collect(Collectors.joining("\n")));
        String devices = IntStream.range(0, disks).mapToObj(disk -> "--device socket-path=%s,blk-file=%s,serial=disk%d"
                .formatted(socket(disk), image(disk), disk)).collect(Collectors.joining(" "));
        return new XenServices(Dom0Process.start(host, "backend", "/isthmus/bin/isthmus-blk " + devices),
                Dom0Process.start(host, "bridge", "/isthmus/bin/isthmus-xen serve --take-vbd"));
    }

    static String socket(int disk) {
        return "/run/isthmus/disk%d.sock".formatted(disk);
    }

    static String image(int disk) {
        return "/dev/shm/disk%d.img".formatted(disk);
    }

    /** SIGKILL, and a new process that serves. */
    void killBackend() throws IOException, InterruptedException {
        backend.kill();
        backend.startAgain();
        awaitBackend();
    }

    /** SIGKILL, and a new process that serves. */
    void killBridge(XenHost host) throws IOException, InterruptedException {
        bridge.kill();
        host.sh("mv /run/bridge.log /run/bridge.log.killed");
        bridge.startAgain();
        bridge.await(BRIDGE_SERVES);
    }

    /** By the kernel's list: a process that was killed leaves its socket behind. */
    private void awaitBackend() throws IOException, InterruptedException {
        backend.await("grep -q '00010000 .* %s$' /proc/net/unix".formatted(socket(0)));
    }
}
