package dev.isthmus.e2e;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * A network of its own: what is made in it touches nothing of the machine's, and all of it is gone when this is closed.
 */
final class NetworkNamespace implements AutoCloseable {

    private static int count;

    private final String name;
    private final Runnable undo;

    private NetworkNamespace(String name) {
        this.name = name;
        undo = () -> Host.undo("ip", "netns", "delete", name);
        Leftovers.remember(undo);
    }

    static synchronized NetworkNamespace create() throws IOException, InterruptedException {
        String name = "isthmus-%d-%d".formatted(ProcessHandle.current().pid(), count++);
        Host.run("ip", "netns", "add", name);
        var namespace = new NetworkNamespace(name);
        try {
            namespace.ip("link set lo up");
            return namespace;
        } catch (IOException | InterruptedException | AssertionError e) {
            namespace.close();
            throw e;
        }
    }

    /** The beginning of a command that becomes a program in this network. */
    List<String> enter() {
        return List.of("ip", "netns", "exec", name);
    }

    List<String> enter(String... command) {
        return Stream.concat(enter().stream(), Stream.of(command)).toList();
    }

    /** Runs a program of the host in this network, to its end. */
    String run(Duration limit, String... command) throws IOException, InterruptedException {
        return Host.run(limit, enter(command).toArray(String[]::new));
    }

    /** Runs a script of bash in this network; its first failing command fails the test. */
    String bash(String script) throws IOException, InterruptedException {
        return run(Shell.SCRIPT_LIMIT, "bash", "-euo", "pipefail", "-c", script);
    }

    /** Starts a script of bash in this network. */
    Program start(String log, String script) throws IOException {
        return Program.start(Host.log(log), enter("bash", "-euo", "pipefail", "-c", script));
    }

    /** One command of ip(8), its words separated by blanks. */
    void ip(String words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("ip", "-netns", name));
        command.addAll(List.of(words.split(" ")));
        Host.run(command.toArray(String[]::new));
    }

    /** A persistent TAP, up, for a program that attaches with so many queues. */
    void addTap(Card card) throws IOException, InterruptedException {
        ip("tuntap add dev " + card.tap() + " mode tap vnet_hdr" + (card.queuePairs() > 1 ? " multi_queue" : ""));
        ip("link set " + card.tap() + " mtu " + card.mtu());
        // No router solicitations, which would mix with what is counted.
        bash("echo 0 > /proc/sys/net/ipv6/conf/" + card.tap() + "/router_solicitations");
        ip("link set " + card.tap() + " up");
    }

    /** A TAP that is the host's end of a network with nobody else in it. */
    void addHost(Card card) throws IOException, InterruptedException {
        addTap(card);
        ip("address add " + card.hostAddress() + "/24 dev " + card.tap());
        ip("address add " + card.hostAddress6() + "/64 dev " + card.tap() + " nodad");
    }

    /** A counter of an interface, of those in /sys/class/net/INTERFACE/statistics. */
    long statistic(String device, String counter) throws IOException, InterruptedException {
        return Long.parseLong(bash("cat /sys/class/net/%s/statistics/%s".formatted(device, counter
                .toLowerCase(Locale.ROOT))));
    }

    @Override
    public void close() {
        undo.run();
        Leftovers.forget(undo);
    }

    /** Where the kernel lists the sockets of a process's network: those of another one are not in our own list. */
    static Path sockets(long pid) {
        return Path.of("/proc/" + pid + "/net/unix");
    }
}
