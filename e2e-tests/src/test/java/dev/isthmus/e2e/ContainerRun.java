package dev.isthmus.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A back-end in a container as it is to be run in production: not root, without capabilities, its file system
 * read-only, no network. It shares two directories with the host: the sockets', and the images'.
 */
final class ContainerRun implements AutoCloseable {

    /** What the kernel lets the container call. */
    enum Seccomp {
        /** Ours: io_uring, and little else. */
        SHIPPED("io_uring"),
        /** The container engine's, which forbids io_uring. */
        DEFAULT("epoll");

        private final String transport;

        Seccomp(String transport) {
            this.transport = transport;
        }

        /** With what the back-end's workers wait under it. */
        String transport() {
            return transport;
        }
    }

    /** The user and the group that the image's process runs as. */
    static final int USER = 64055;

    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(10);
    private static final String READY = "management listens";
    private static final Path CONFIGURATION = Host.ROOT.resolve("e2e-tests/deploy/containers.conf").toAbsolutePath();
    private static final Path PROFILE = Host.ROOT.resolve("docker/seccomp.json").toAbsolutePath();

    private final String name;
    private final Program podman;
    private final Path sockets;

    private ContainerRun(String name, Program podman, Path sockets) {
        this.name = name;
        this.podman = podman;
        this.sockets = sockets;
    }

    /** podman with the configuration of the tests. */
    static List<String> podman(String... arguments) {
        List<String> command = new ArrayList<>(List.of("env", "CONTAINERS_CONF=" + CONFIGURATION, "podman"));
        command.addAll(List.of(arguments));
        return command;
    }

    /** A directory that the container's user may write in, and that its group shares. */
    static Path sharedDirectory(Path directory) throws IOException, InterruptedException {
        Files.createDirectory(directory);
        own(directory);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwx---"));
        return directory;
    }

    /** Gives a file of the host to the container's user. */
    static void own(Path file) throws IOException, InterruptedException {
        Host.run("chown", USER + ":" + USER, file.toString());
    }

    /**
     * Starts a container and waits until its process is ready.
     *
     * @param sockets becomes its /run/isthmus
     * @param images becomes its /var/lib/isthmus
     * @param options more of podman's
     * @param arguments the process's
     */
    static ContainerRun start(String image, Seccomp profile, Path sockets, Path images, List<String> options,
            List<String> arguments) throws IOException, InterruptedException {
        String name = "isthmus-test-" + ProcessHandle.current().pid();
        List<String> command = podman("run", "--rm", "--name", name, "--replace", "--pull=never", "--cap-drop=all",
                "--read-only", "--read-only-tmpfs=false", "--security-opt=no-new-privileges", "--network=none",
                "--volume=" + sockets + ":/run/isthmus", "--volume=" + images + ":/var/lib/isthmus");
        if (profile == Seccomp.SHIPPED) {
            command.add("--security-opt=seccomp=" + PROFILE);
        }
        command.addAll(options);
        command.add(image);
        command.addAll(arguments);
        var run = new ContainerRun(name, Program.start(Host.log(name), command), sockets);
        try {
            run.awaitReady();
            return run;
        } catch (AssertionError | InterruptedException | IOException e) {
            run.close();
            throw e;
        }
    }

    private void awaitReady() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (!podman.output().contains(READY)) {
            if (podman.ends(LOOK_AGAIN) || System.nanoTime() > deadline) {
                throw podman.explained(new AssertionError("the container does not serve"));
            }
        }
    }

    /** From the start of the container's process to the line with which it says that all of it is there. */
    Duration untilReady() throws IOException, InterruptedException {
        long started = Long.parseLong(inspect("{{.State.StartedAt.UnixMilli}}"));
        String line = podman.output().lines().filter(each -> each.contains(READY)).findFirst().orElseThrow();
        return Duration.between(Instant.ofEpochMilli(started), Instant.parse(line.substring(0, line.indexOf(' '))));
    }

    /** Of the process, as the host numbers it. */
    long pid() throws IOException, InterruptedException {
        return Long.parseLong(inspect("{{.State.Pid}}"));
    }

    private String inspect(String format) throws IOException, InterruptedException {
        return Host.run(podman("inspect", "--format", format, name).toArray(String[]::new));
    }

    /** Runs a command inside, and fails unless it succeeds. */
    String exec(String... command) throws IOException, InterruptedException {
        List<String> all = podman("exec", name);
        all.addAll(List.of(command));
        return Host.run(all.toArray(String[]::new));
    }

    /** Where the process's directory of sockets is on the host. */
    Path sockets() {
        return sockets;
    }

    String log() throws IOException {
        return podman.output();
    }

    /** Sends SIGTERM, which podman hands on. */
    Program.Ended stop() throws InterruptedException {
        return podman.terminate(Duration.ofSeconds(20));
    }

    @Override
    public void close() {
        if (podman.isAlive()) {
            Host.undo(podman("rm", "--force", "--time=0", name).toArray(String[]::new));
        }
        podman.close();
    }
}
