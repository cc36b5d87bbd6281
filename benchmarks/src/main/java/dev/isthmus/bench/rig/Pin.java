package dev.isthmus.bench.rig;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which processor is whose: servers share the first, the client has the second, and this program's other threads are
 * kept off the servers'.
 */
public enum Pin {
    ON, OFF;

    private static final int SERVER_CPU = 0;
    private static final int CLIENT_CPU = 1;

    /** Moves this program, and what it starts from now on, off the servers' processor. */
    public void apply() throws IOException {
        int cpus = cpus();
        if (this == ON) {
            if (cpus <= CLIENT_CPU) {
                throw new IOException("one processor for servers and one for the client are needed; try --no-pin");
            }
            Tool.run("taskset", "--all-tasks", "--cpu-list", "--pid", CLIENT_CPU + "-" + (cpus - 1),
                    Long.toString(ProcessHandle.current().pid()));
        }
    }

    /** A server's command line: it and all its threads on the servers' processor; ended when this program is. */
    List<String> server(List<String> command) {
        var words = new ArrayList<>(List.of("setpriv", "--pdeathsig", "KILL"));
        if (this == ON) {
            words.addAll(List.of("taskset", "--cpu-list", Integer.toString(SERVER_CPU)));
        }
        words.addAll(command);
        return words;
    }

    /** As {@code LoadSpec} wants it. */
    public int clientCpu() {
        return this == ON ? CLIENT_CPU : -1;
    }

    /** Processors that servers and client run on. */
    List<Integer> usedCpus() {
        return this == ON ? List.of(SERVER_CPU, CLIENT_CPU) : IntStream.range(0, cpus()).boxed().toList();
    }

    public String describe() {
        return this == ON
                ? "servers on CPU " + SERVER_CPU + ", client on CPU " + CLIENT_CPU
                : "servers and client on any of " + cpus() + " CPUs";
    }

    /** Not the runtime's number: that counts only those this process may use, and {@link #apply} takes one away. */
    static int cpus() {
        try {
            return Integer.parseInt(Tool.run("nproc", "--all"));
        } catch (IOException e) {
            return Runtime.getRuntime().availableProcessors();
        }
    }
}
