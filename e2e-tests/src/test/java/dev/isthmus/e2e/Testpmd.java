package dev.isthmus.e2e;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * DPDK's program that moves frames between ports, here with one port: a front-end or a back-end of vhost-user-net. It
 * takes one processor while it forwards.
 */
final class Testpmd implements AutoCloseable {

    private static final Duration BUILD_LIMIT = Duration.ofMinutes(10);
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(60);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final Pattern RECEIVED = Pattern.compile("RX-packets: *([0-9]+)");
    private static final Pattern SENT = Pattern.compile("TX-packets: *([0-9]+)");
    private static final String PROMPT = "testpmd> ";

    /** Frames a port has seen. */
    record Counts(long received, long sent) {

        Counts minus(Counts earlier) {
            return new Counts(received - earlier.received, sent - earlier.sent);
        }
    }

    private final Program program;

    private Testpmd(Program program) {
        this.program = program;
    }

    /**
     * A front-end on a socket at which a back-end listens.
     *
     * @param mergeable whether it negotiates VIRTIO_NET_F_MRG_RXBUF
     */
    static Testpmd frontend(Path socket, int queuePairs, boolean mergeable) throws IOException, InterruptedException {
        return start("frontend", "net_virtio_user0,path=%s,queues=%d,queue_size=1024,mrg_rxbuf=%d".formatted(socket,
                queuePairs,
                mergeable ? 1 : 0), queuePairs);
    }

    /** A back-end that listens. */
    static Testpmd backend(Path socket, int queuePairs) throws IOException, InterruptedException {
        return start("backend", "net_vhost0,iface=%s,queues=%d".formatted(socket, queuePairs), queuePairs);
    }

    private static Testpmd start(String name, String device, int queuePairs) throws IOException, InterruptedException {
        String scripts = Host.ROOT + "/e2e-tests/dpdk/";
        Path directory = Host.ROOT.resolve("target/dpdk");
        Host.run(BUILD_LIMIT, scripts + "build-dpdk.sh", directory.toString());
        List<String> command = new ArrayList<>(List.of("stdbuf", "-o0", scripts + "testpmd.sh", directory.resolve(
                "root").toString()));
        // One thread asks what to do and one forwards; either may have any processor. No huge pages: a memfd.
        command.addAll(List.of("--lcores=0@(0,1),1@(0,1)", "--no-huge", "-m", "256", "--no-pci", "--no-telemetry",
                "--file-prefix=isthmus-%d-%s".formatted(ProcessHandle.current().pid(), name), "--vdev=" + device));
        command.addAll(List.of("--", "--interactive", "--no-mlockall", "--total-num-mbufs=16384", "--nb-cores=1",
                "--rxd=1024",
                "--txd=1024",
                "--rxq=" + queuePairs, "--txq=" + queuePairs));
        var testpmd = new Testpmd(Program.interactive(Host.log("testpmd-" + name), command));
        try {
            testpmd.awaitPrompts(1);
            return testpmd;
        } catch (IOException | InterruptedException | AssertionError e) {
            testpmd.close();
            throw e;
        }
    }

    /** Gives a command, as its user's guide names them, and waits until it takes the next one. */
    void command(String line) throws IOException, InterruptedException {
        int prompts = prompts();
        program.send(line);
        awaitPrompts(prompts + 1);
    }

    Counts counts() throws IOException, InterruptedException {
        command("show port stats 0");
        String output = program.output();
        return new Counts(last(RECEIVED, output), last(SENT, output));
    }

    private static long last(Pattern pattern, String output) {
        Matcher matcher = pattern.matcher(output.substring(output.lastIndexOf("NIC statistics")));
        if (!matcher.find()) {
            throw new AssertionError("no " + pattern + " in " + output);
        }
        return Long.parseLong(matcher.group(1));
    }

    private int prompts() throws IOException {
        return program.output().split(Pattern.quote(PROMPT), -1).length - 1;
    }

    private void awaitPrompts(int wanted) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + ANSWER_LIMIT.toNanos();
        while (prompts() < wanted) {
            if (!program.isAlive() || System.nanoTime() > deadline) {
                throw program.explained(new AssertionError("testpmd says nothing more"));
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    @Override
    public void close() {
        program.close();
    }
}
