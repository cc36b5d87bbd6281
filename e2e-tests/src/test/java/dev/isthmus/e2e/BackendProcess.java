package dev.isthmus.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A back-end process that serves disks, started as an operator starts it. */
final class BackendProcess implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(20);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(5);

    /** In the kernel's list of sockets, the flag of one that listens (include/linux/net.h, SO_ACCEPTCON). */
    private static final String LISTENING = "00010000";

    private final Program program;
    private final List<Disk> disks;
    private final ManagementClient management;

    private BackendProcess(Program program, List<Disk> disks) {
        this.program = program;
        this.disks = disks;
        this.management = ManagementClient.of(disks.getFirst());
    }

    /** True if the tests run against qemu-storage-daemon: it has the same conventions, and not our options. */
    static boolean isPeer() {
        return System.getProperty("isthmus.e2e.backend", "isthmus").equals("peer");
    }

    static BackendProcess serve(String name, Disk... disks) throws IOException, InterruptedException {
        return serve(name, List.of(), disks);
    }

    /** Starts a process with options and disks, and waits until it listens for all of them. */
    static BackendProcess serve(String name, List<String> options, Disk... disks)
            throws IOException, InterruptedException {
        if (isPeer()) {
            return servePeer(name, disks);
        }
        return listening(launch(name, options, disks));
    }

    /** Starts a process of ours, whatever the tests run against, with variables that the launcher knows. */
    static BackendProcess serveWith(Map<String, String> environment, String name, Disk... disks)
            throws IOException, InterruptedException {
        return listening(launch(name, environment, List.of(), disks));
    }

    /** Starts a process and does not wait for anything. */
    static BackendProcess launch(String name, List<String> options, Disk... disks) throws IOException {
        return launch(name, Map.of(), options, disks);
    }

    private static BackendProcess launch(String name, Map<String, String> environment, List<String> options,
            Disk... disks) throws IOException {
        List<String> command = new ArrayList<>(List.of("env"));
        environment.forEach((key, value) -> command.add(key + "=" + value));
        command.add(Host.ROOT.resolve("bin/isthmus-blk").toString());
        command.addAll(options);
        Stream.of(disks).forEach(disk -> command.addAll(arguments(disk)));
        return new BackendProcess(Program.start(Host.log(name + "-backend"), command), List.of(disks));
    }

    /** The same with qemu-storage-daemon, whatever the tests run against: for tests of clients. */
    static BackendProcess servePeer(String name, Disk... disks) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add("qemu-storage-daemon");
        Stream.of(disks).forEach(disk -> command.addAll(peerArguments(disk)));
        return listening(new BackendProcess(Program.start(Host.log(name + "-backend"), command), List.of(disks)));
    }

    private static BackendProcess listening(BackendProcess backend) throws IOException, InterruptedException {
        try {
            backend.awaitListening();
            return backend;
        } catch (AssertionError | InterruptedException | IOException e) {
            backend.close();
            throw e;
        }
    }

    private static List<String> arguments(Disk disk) {
        return List.of("--device", "socket-path=%s,%s,serial=%s,num-queues=%d,read-only=%s,client=%s".formatted(
                disk.socket(), store(disk), disk.name(), disk.queues(), onOff(disk.readOnly()), onOff(disk.client())));
    }

    private static String store(Disk disk) {
        return disk.volume() ? "volume=%s,volumes-dir=%s".formatted(disk.image().getFileName(), disk.image()
                .getParent())
                : "blk-file=%s,direct=%s".formatted(disk.image(), onOff(disk.direct()));
    }

    private static List<String> peerArguments(Disk disk) {
        String driver = disk.image().startsWith("/dev") ? "host_device" : "file";
        return List.of("--blockdev",
                "driver=%s,node-name=%s,filename=%s,discard=unmap,cache.direct=%s,read-only=%s".formatted(driver,
                        disk.name(), disk.image(), onOff(disk.direct()), onOff(disk.readOnly())),
                "--export",
                "type=vhost-user-blk,id=%1$s,node-name=%1$s,num-queues=%2$d,writable=%3$s,addr.type=unix,addr.path=%4$s"
                        .formatted(disk.name(), disk.queues(), onOff(!disk.readOnly()), disk.socket()));
    }

    private static String onOff(boolean on) {
        return on ? "on" : "off";
    }

    /** Waits until the process listens for all its disks, or looks for their front-ends. */
    void awaitListening() throws IOException, InterruptedException {
        for (Disk disk : disks) {
            awaitReady(disk);
        }
    }

    /** Looks at the kernel's list: to connect would begin and end a session. */
    private void awaitReady(Disk disk) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (!(disk.client() ? program.output().contains("connecting to " + disk.socket())
                : isListening(disk.socket()))) {
            if (program.ends(LOOK_AGAIN)) {
                throw new AssertionError("the back-end ended with status " + program.exitStatus() + ", see "
                        + program.log() + ":\n" + program.output());
            }
            if (System.nanoTime() > deadline) {
                throw new AssertionError("the back-end does not serve " + disk.socket() + " after " + START_LIMIT
                        + ", see "
                        + program.log() + ":\n" + program.output());
            }
        }
    }

    private static boolean isListening(Path socket) throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/net/unix"))) {
            return lines.anyMatch(line -> line.contains(LISTENING) && line.endsWith(" " + socket));
        }
    }

    /** Sends SIGTERM and waits for the end, however long it takes up to a limit. */
    Program.Ended stop() throws InterruptedException {
        return stop(STOP_LIMIT);
    }

    Program.Ended stop(Duration limit) throws InterruptedException {
        return program.terminate(limit);
    }

    /** Gives a disk a new size: the image on the host, then the process, which tells the guest. */
    void resize(Disk disk, long bytes) throws IOException, InterruptedException {
        Images.resize(disk.image(), bytes);
        management.post("/devices/" + disk.name() + "/refresh");
    }

    /** Waits until it has written a line with this text. */
    void awaitLog(String text) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (!program.output().contains(text)) {
            if (program.ends(LOOK_AGAIN) || System.nanoTime() > deadline) {
                throw new AssertionError("the back-end never said \"" + text + "\", see " + program.log() + ":\n"
                        + program.output());
            }
        }
    }

    /** SIGKILL, without waiting for the end. */
    void kill() {
        program.kill();
    }

    /** The first disk's. */
    Path socket() {
        return disks.getFirst().socket();
    }

    ManagementClient management() {
        return management;
    }

    /** Of the process, which is the JVM. */
    long pid() {
        return program.pid();
    }

    /** Waits for the process's end; true if it came within the limit. */
    boolean ends(Duration limit) throws InterruptedException {
        return program.ends(limit);
    }

    boolean isAlive() {
        return program.isAlive();
    }

    /** What the process wrote until now. */
    String log() throws IOException {
        return program.output();
    }

    @Override
    public void close() {
        program.close();
    }
}
