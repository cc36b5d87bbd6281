package dev.isthmus.e2e;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Real Xen under QEMU, always on an emulated CPU: the shell is dom0's, and {@link XenGuest}s are its guests.
 *
 * <p>dom0's disks are vda, its root, whose changes are forgotten; vdb, what this tree has built, at /isthmus; vdc, the
 * guests' tools; and from vdd on what the builder was given.
 */
final class XenHost implements Shell, AutoCloseable {

    /** As many guests as there are ports from their consoles to us. */
    static final int GUESTS_MAX = 4;

    /** From QEMU's start to dom0's first word, on a loaded machine. */
    private static final Duration BOOT_LIMIT = Duration.ofSeconds(600);

    /**
     * Seconds of a loaded machine for one of Xen's: its clock counts instructions, 2 ns each, so that the 10 s which
     * libxl waits are the same amount of work everywhere. One instruction follows the other, on one thread; with a
     * thread for each processor, guests that are not paravirtual now and then met a triple fault in their boot.
     */
    private static final int SLOWNESS = 20;
    private static final List<String> CLOCK = List.of("-accel", "tcg,thread=single", "-icount",
            "shift=1,sleep=on,align=off", "-smp", "1");

    /** Of the whole machine: what dom0 does not have is for guests. */
    private static final int MEMORY_MEBIBYTES = 3584;
    private static final int DOM0_MEBIBYTES = 2048;

    private final Program qemu;
    private final GuestAgent agent;
    private final List<GuestAgent> consoles;
    private final Deque<Integer> freePorts = new ArrayDeque<>();

    private XenHost(Program qemu, GuestAgent agent, List<GuestAgent> consoles) {
        this.qemu = qemu;
        this.agent = agent;
        this.consoles = consoles;
        for (int port = 0; port < consoles.size(); port++) {
            freePorts.add(port);
        }
    }

    /**
     * Boots and waits until dom0 takes scripts.
     *
     * @param directory of sockets and images that the caller removes
     * @param disks raw images for dom0, from /dev/vdd on
     */
    static XenHost boot(String name, XenVersion version, Path directory, Path... disks)
            throws IOException, InterruptedException {
        XenFiles files = XenFiles.get(version);
        AotCache.refresh(directory);
        Path payload = files.payload(directory.resolve("payload.img"));
        GuestAgent agent = GuestAgent.listen(directory.resolve("dom0.sock"), SLOWNESS);
        List<GuestAgent> consoles = new ArrayList<>();
        for (int port = 0; port < GUESTS_MAX; port++) {
            consoles.add(GuestAgent.listen(directory.resolve("console" + port + ".sock"), SLOWNESS));
        }
        List<String> command = command(files, payload, agent, consoles, List.of(disks));
        var host = new XenHost(Program.start(Host.log(name + "-xen"), command), agent, consoles);
        try {
            agent.awaitReady(BOOT_LIMIT);
            return host;
        } catch (AssertionError e) {
            AssertionError explained = host.explained(e);
            host.close();
            throw explained;
        } catch (InterruptedException e) {
            host.close();
            throw e;
        }
    }

    private static List<String> command(XenFiles files, Path payload, GuestAgent agent, List<GuestAgent> consoles,
            List<Path> disks) {
        List<String> command = new ArrayList<>(List.of("qemu-system-x86_64", "-M", "q35", "-nodefaults", "-display",
                "none", "-nic", "none", "-no-reboot", "-serial", "stdio"));
        // Guests that are not paravirtual want SVM; dom0 does not survive what "max" has.
        command.addAll(List.of("-cpu", "qemu64,+svm,+npt,+nrip-save", "-m", String.valueOf(MEMORY_MEBIBYTES)));
        command.addAll(CLOCK);
        command.addAll(List.of("-kernel", files.hypervisor(), "-append",
                "dom0_mem=%dM com1=115200,8n1 console=com1 conring_size=2m".formatted(DOM0_MEBIBYTES), "-initrd",
                "%s console=hvc0 quiet,%s".formatted(files.dom0Kernel(), files.dom0Initrd())));
        command.addAll(disk(files.dom0Disk(), "snapshot=on"));
        command.addAll(disk(payload.toString(), "read-only=on"));
        command.addAll(disk(files.guestTools(), "read-only=on"));
        disks.forEach(disk -> command.addAll(disk(disk.toString(), "discard=unmap")));
        command.addAll(List.of("-device", "virtio-serial-pci,max_ports=" + (GUESTS_MAX + 2)));
        command.addAll(port("org.isthmus.agent", agent));
        for (int port = 0; port < GUESTS_MAX; port++) {
            command.addAll(port("org.isthmus.console." + port, consoles.get(port)));
        }
        return command;
    }

    private static List<String> disk(String file, String option) {
        return List.of("-drive", "file=%s,format=raw,if=virtio,%s".formatted(file, option));
    }

    private static List<String> port(String name, GuestAgent agent) {
        return List.of("-chardev", "socket,id=%s,path=%s".formatted(name, agent.path()), "-device",
                "virtserialport,chardev=%1$s,name=%1$s".formatted(name));
    }

    @Override
    public Result run(String script, Duration limit) throws IOException, InterruptedException {
        try {
            return agent.run(script, limit);
        } catch (AssertionError e) {
            throw explained(e);
        }
    }

    /** A port for a guest's console, until it is given back. */
    int takePort() {
        return freePorts.remove();
    }

    void givePort(int port) {
        freePorts.add(port);
    }

    GuestAgent console(int port) {
        return consoles.get(port);
    }

    /** Of the machine; with what the hypervisor and dom0 wrote. */
    Path log() {
        return qemu.log();
    }

    /** The same failure, with what the hypervisor and dom0 said last. */
    AssertionError explained(AssertionError e) throws IOException {
        return qemu.explained(e);
    }

    @Override
    public void close() throws IOException {
        try (qemu) {
            agent.close();
            for (GuestAgent console : consoles) {
                console.close();
            }
        }
    }
}
