package dev.isthmus.e2e;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A Linux guest under QEMU that runs the scripts it is given. Its disks are vda, vdb and so on, in the order given. */
final class Guest implements Shell, AutoCloseable {

    /** What the guest's memory is made of; both are shared with the back-end by descriptor. */
    enum Memory {
        MEMFD("memory-backend-memfd"), HUGETLB("memory-backend-memfd,hugetlb=on,hugetlbsize=2M,prealloc=on");

        private final String object;

        Memory(String object) {
            this.object = object;
        }
    }

    /** How long a guest may take from its start to its first word; emulated and on a loaded machine. */
    static final Duration BOOT_LIMIT = Duration.ofSeconds(90);

    static final int MEMORY_MEBIBYTES = 512;

    private final Program qemu;
    private final GuestAgent agent;
    private final Qmp qmp;

    private Guest(Program qemu, GuestAgent agent, Qmp qmp) {
        this.qemu = qemu;
        this.agent = agent;
        this.qmp = qmp;
    }

    static Builder named(String name, Path directory) {
        return new Builder(name, directory);
    }

    @Override
    public Result run(String script, Duration limit) throws IOException, InterruptedException {
        try {
            return agent.run(script, limit);
        } catch (AssertionError e) {
            throw explained(e);
        }
    }

    /** Sends a script whose end nobody awaits, such as one that reboots. */
    void start(String script) throws IOException {
        agent.start(script, SCRIPT_LIMIT);
    }

    /** Waits for the guest's first word after a reset. */
    void awaitBoot() throws InterruptedException, IOException {
        try {
            agent.awaitReady(BOOT_LIMIT);
        } catch (AssertionError e) {
            throw explained(e);
        }
    }

    Qmp qmp() {
        return qmp;
    }

    boolean isAlive() {
        return qemu.isAlive();
    }

    /** The same failure, with what QEMU and the guest's console said last. */
    AssertionError explained(AssertionError e) throws IOException {
        return qemu.explained(e);
    }

    @Override
    public void close() throws IOException {
        try (agent; qmp; qemu) {
            // Closed in the reverse order: QEMU first.
        }
    }

    static final class Builder {

        private final String name;
        private final Path directory;
        private final List<String> devices = new ArrayList<>();
        private List<String> qemu = QemuVersion.OF_THE_MACHINE;
        private int vcpus = 1;
        private int disks;
        private Memory memory = Memory.MEMFD;

        private Builder(String name, Path directory) {
            this.name = name;
            this.directory = directory;
        }

        /** The beginning of a command that runs another QEMU than the machine's. */
        Builder qemu(List<String> command) {
            qemu = command;
            return this;
        }

        Builder vcpus(int count) {
            vcpus = count;
            return this;
        }

        Builder memory(Memory kind) {
            memory = kind;
            return this;
        }

        /** Attaches a disk that a back-end serves. */
        Builder disk(Disk disk) {
            String chardev = "disk" + disks++;
            String role = disk.client() ? "server=on,wait=off" : "reconnect=1";
            devices.addAll(List.of("-chardev", "socket,id=%s,path=%s,%s".formatted(chardev, disk.socket(), role),
                    "-device", "vhost-user-blk-pci,id=%1$s-device,chardev=%1$s,num-queues=%2$d".formatted(chardev,
                            disk.queues())));
            return this;
        }

        /** Attaches a network card that a back-end serves; the guest and its TAP must be in one network. */
        Builder card(Card card) throws IOException, InterruptedException {
            devices.addAll(NetBackend.qemuArguments(card, QemuVersion.of(qemu).endsByMsiOfCards()));
            return this;
        }

        /** Runs QEMU in a network. */
        Builder in(NetworkNamespace network) {
            qemu = Stream.concat(network.enter().stream(), qemu.stream()).toList();
            return this;
        }

        /** Attaches a port of this name, which QEMU connects to a socket that listens. */
        Builder port(String port, Path socket) {
            devices.addAll(List.of("-chardev", "socket,id=%s,path=%s".formatted(port, socket), "-device",
                    "virtserialport,chardev=%1$s,name=%1$s".formatted(port)));
            return this;
        }

        /** Boots and waits until the guest takes scripts. */
        Guest boot() throws IOException, InterruptedException {
            GuestFiles files = GuestFiles.get();
            GuestAgent agent = GuestAgent.listen(directory.resolve(name + "-agent.sock"));
            Qmp qmp = Qmp.listen(directory.resolve(name + "-qmp.sock"));
            var guest = new Guest(Program.start(Host.log(name + "-guest"), command(files, agent, qmp)), agent, qmp);
            try {
                guest.awaitBoot();
                return guest;
            } catch (AssertionError | InterruptedException e) {
                guest.close();
                throw e;
            }
        }

        private List<String> command(GuestFiles files, GuestAgent agent, Qmp qmp) {
            List<String> command = new ArrayList<>();
            command.addAll(qemu);
            command.addAll(files.accelerator());
            command.addAll(List.of("-nodefaults", "-display", "none", "-nic", "none", "-serial", "stdio"));
            // Slots and room above the memory, for what is plugged in later.
            command.addAll(List.of("-smp", String.valueOf(vcpus), "-m", MEMORY_MEBIBYTES + ",slots=4,maxmem=4G"));
            command.addAll(List.of("-object",
                    "%s,id=memory,size=%dM,share=on".formatted(memory.object, MEMORY_MEBIBYTES), "-numa",
                    "node,memdev=memory"));
            command.addAll(List.of("-kernel", files.kernel().toString(), "-initrd", files.initrd().toString(),
                    "-append", "console=ttyS0 quiet panic=-1 no_timer_check isthmus.mode=agent"));
            command.addAll(List.of("-chardev", "socket,id=qmp,path=" + qmp.path(), "-mon", "chardev=qmp,mode=control"));
            command.addAll(List.of("-device", "virtio-serial-pci", "-chardev", "socket,id=agent,path=" + agent.path(),
                    "-device", "virtserialport,chardev=agent,name=org.isthmus.agent"));
            command.addAll(devices);
            // Last, so that the names of the disks do not depend on it.
            command.addAll(List.of("-drive", "if=none,id=tools,format=raw,read-only=on,file=" + files.tools(),
                    "-device", "virtio-blk-pci,drive=tools,serial=isthmus-tools"));
            return command;
        }
    }
}
