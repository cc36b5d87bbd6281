package dev.isthmus.e2e;

import java.io.IOException;
import java.time.Duration;

/** A process in dom0 that runs beside the scripts. Its log is /run/NAME.log, added to by each start. */
final class Dom0Process {

    /** A JVM starts slowly on an emulated CPU, and on a loaded machine slower. */
    static final Duration START_LIMIT = Duration.ofSeconds(240);

    private static final String START = """
            setsid %2$s >> /run/%1$s.log 2>&1 < /dev/null &
            echo $! > /run/%1$s.pid
            """;

    private static final String AWAIT = """
            until %2$s; do
              if ! test -e /proc/$(cat /run/%1$s.pid)/exe; then
                echo "it has ended:"; tail -n 20 /run/%1$s.log; exit 1
              fi
              sleep 0.2
            done
            """;

    /** Fields 14 and 15 of proc(5)'s /proc/pid/stat, in ticks of 10 ms; threads that ended are counted with them. */
    private static final String TICKS = """
            read -r line < /proc/$(cat /run/%s.pid)/stat
            set -- ${line##*) }
            echo $((${12} + ${13}))
            """;

    private final XenHost host;
    private final String name;
    private final String command;

    private Dom0Process(XenHost host, String name, String command) {
        this.host = host;
        this.name = name;
        this.command = command;
    }

    /** Starts it and does not wait for anything. */
    static Dom0Process start(XenHost host, String name, String command) throws IOException, InterruptedException {
        var process = new Dom0Process(host, name, command);
        process.startAgain();
        return process;
    }

    void startAgain() throws IOException, InterruptedException {
        host.sh(START.formatted(name, command));
    }

    /** @param condition a command of dom0's shell that succeeds when it has come so far */
    void await(String condition) throws IOException, InterruptedException {
        host.sh(AWAIT.formatted(name, condition), START_LIMIT);
    }

    /** SIGKILL; returns when the process is gone. */
    void kill() throws IOException, InterruptedException {
        host.sh("pid=$(cat /run/%s.pid); kill -9 $pid; while test -e /proc/$pid/exe; do sleep 0.1; done".formatted(
                name));
    }

    /** Processor time it has used until now. */
    Duration cpuTime() throws IOException, InterruptedException {
        return Duration.ofMillis(10 * Long.parseLong(host.sh(TICKS.formatted(name))));
    }

    String log() throws IOException, InterruptedException {
        return host.run("cat /run/%s.log".formatted(name)).output();
    }
}
