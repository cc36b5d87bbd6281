package dev.isthmus.e2e;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Programs that take all the processor time they get, with no more right to it than others. Each ends by itself after
 * its time or with the JVM that started it, even one that was killed.
 */
final class BusyHost implements AutoCloseable {

    /** Looks at its limits a few times a second. */
    private static final String SPIN = "while ((SECONDS < $1)) && kill -0 $2 2> /dev/null; do"
            + " for ((i = 0; i < 100000; i++)); do :; done; done";

    private final List<Program> programs;

    private BusyHost(List<Program> programs) {
        this.programs = programs;
    }

    static BusyHost with(int count, Duration limit) throws IOException {
        BusyHost busy = new BusyHost(new ArrayList<>());
        for (int i = 0; i < count; i++) {
            busy.programs.add(Program.start(Host.log("busy"), List.of("bash", "-c", SPIN, "busy",
                    String.valueOf(limit.toSeconds()), String.valueOf(ProcessHandle.current().pid()))));
        }
        return busy;
    }

    @Override
    public void close() {
        programs.forEach(Program::close);
    }
}
