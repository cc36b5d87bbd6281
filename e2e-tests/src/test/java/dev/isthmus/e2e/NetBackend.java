package dev.isthmus.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Who serves a guest's cards: a process of ours in the namespace of their TAPs, or QEMU itself, to tell a fault of the
 * machine or of a test from one of ours.
 */
final class NetBackend implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(20);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(5);

    /** In the kernel's list of sockets, the flag of one that listens (include/linux/net.h, SO_ACCEPTCON). */
    private static final String LISTENING = "00010000";

    private final NetworkNamespace network;
    private final List<Card> cards;
    private final ManagementClient management;
    private Program program;

    private NetBackend(NetworkNamespace network, List<Card> cards) throws IOException {
        this.network = network;
        this.cards = cards;
        management = ManagementClient.at(Path.of(cards.getFirst().socket() + ".management"));
        program = launch();
    }

    /** Starts it and waits until it serves all cards, whose TAPs are in the network. */
    static NetBackend serve(NetworkNamespace network, Card... cards) throws IOException, InterruptedException {
        var backend = new NetBackend(network, List.of(cards));
        try {
            backend.awaitReady();
            return backend;
        } catch (AssertionError | InterruptedException | IOException e) {
            backend.close();
            throw e;
        }
    }

    private Program launch() throws IOException {
        List<String> command = new ArrayList<>(network.enter());
        if (BackendProcess.isPeer()) {
            command.addAll(List.of("sleep", "3600")); // QEMU is told about the TAPs
        } else {
            command.add(Host.ROOT.resolve("bin/isthmus-net").toString());
            cards.forEach(card -> command.addAll(arguments(card)));
        }
        return Program.start(Host.log(cards.getFirst().name() + "-backend"), command);
    }

    private static List<String> arguments(Card card) {
        return List.of("--device", "socket-path=%s,%s,queue-pairs=%d,mtu=%d,client=%s".formatted(card.socket(),
                card.uplink() == null ? "tap=" + card.tap() : card.uplink(), card.queuePairs(), card.mtu(), card
                        .client() ? "on" : "off"));
    }

    /**
     * QEMU's arguments for a card of this network.
     *
     * @param pinInterrupts whether the card has the interrupt of a PCI pin, not messages
     */
    static List<String> qemuArguments(Card card, boolean pinInterrupts) {
        String id = "card" + card.number();
        List<String> arguments = new ArrayList<>();
        if (BackendProcess.isPeer()) {
            arguments.addAll(List.of("-netdev", "tap,id=%s,ifname=%s,script=no,downscript=no,vhost=off,queues=%d"
                    .formatted(id, card.tap(), card.queuePairs())));
        } else {
            String role = card.client() ? "server=on,wait=off" : "reconnect=1";
            arguments.addAll(List.of("-chardev", "socket,id=%s-socket,path=%s,%s".formatted(id, card.socket(), role),
                    "-netdev", "vhost-user,id=%1$s,chardev=%1$s-socket,queues=%2$d".formatted(id, card.queuePairs())));
        }
        // One for each queue, the control queue and changes of the configuration.
        int vectors = pinInterrupts ? 0 : 2 * card.queuePairs() + 2;
        arguments.addAll(List.of("-device", "virtio-net-pci,id=%1$s-device,netdev=%1$s,mac=%2$s,host_mtu=%3$d,mq=%4$s,"
                .formatted(id, card.mac(), card.mtu(), card.queuePairs() > 1 ? "on" : "off") + "romfile=,vectors="
                + vectors));
        return arguments;
    }

    /** SIGKILL; returns when the process is gone. */
    void kill() {
        program.close();
    }

    /** SIGTERM; returns when the process has ended. */
    Program.Ended stop() throws InterruptedException {
        Program.Ended ended = program.terminate(STOP_LIMIT);
        program.close();
        return ended;
    }

    /** After its end; waits until it serves all cards. */
    void startAgain() throws IOException, InterruptedException {
        program = launch();
        awaitReady();
    }

    /** Looks at the kernel's list: to connect would begin and end a session. */
    private void awaitReady() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (!BackendProcess.isPeer() && !isReady()) {
            if (program.ends(LOOK_AGAIN)) {
                throw new AssertionError("the back-end ended with status " + program.exitStatus() + ", see "
                        + program.log() + ":\n" + program.output());
            }
            if (System.nanoTime() > deadline) {
                throw new AssertionError("the back-end does not serve its cards after " + START_LIMIT + ", see "
                        + program.log() + ":\n" + program.output());
            }
        }
    }

    /** It comes after the cards. */
    private void awaitManagement() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (!program.output().contains("management listens")) {
            if (program.ends(LOOK_AGAIN) || System.nanoTime() > deadline) {
                throw program.explained(new AssertionError("the back-end has no management"));
            }
        }
    }

    private boolean isReady() throws IOException {
        String log = program.output();
        List<String> sockets = listening();
        return cards.stream().allMatch(card -> card.client() ? log.contains("connecting to " + card.socket())
                : sockets.stream().anyMatch(line -> line.endsWith(" " + card.socket())));
    }

    private List<String> listening() throws IOException {
        try (Stream<String> lines = Files.lines(NetworkNamespace.sockets(program.pid()))) {
            return lines.filter(line -> line.contains(LISTENING)).toList();
        }
    }

    /** The sum of a metric's samples that have all these labels, written as in the Prometheus text. */
    long metric(String name, String... labels) throws IOException, InterruptedException {
        awaitManagement();
        return Math.round(management.get("/actuator/prometheus").lines()
                .filter(line -> line.startsWith(name + "{") && Stream.of(labels).allMatch(line::contains))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1))).sum());
    }

    /** Frames of all cards that went from the front-end, or to it. */
    long frames(boolean transmitted) throws IOException, InterruptedException {
        return metric("isthmus_net_frames_total", "direction=\"" + (transmitted ? "transmit" : "receive") + "\"");
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
