package dev.isthmus.e2e;

import java.io.IOException;
import java.time.Duration;

/** A system that runs scripts: a guest, or dom0. One script at a time. */
interface Shell {

    /** How a script ended and what it wrote. */
    record Result(int exitStatus, String output) {
    }

    /** How long a script may take unless it says otherwise. */
    Duration SCRIPT_LIMIT = Duration.ofSeconds(60);

    /** Runs a script; it ends with the status of its last command, or is killed after the limit. */
    Result run(String script, Duration limit) throws IOException, InterruptedException;

    default Result run(String script) throws IOException, InterruptedException {
        return run(script, SCRIPT_LIMIT);
    }

    /** Runs a script that must succeed, stopping at its first failing command, and returns what it wrote. */
    default String sh(String script) throws IOException, InterruptedException {
        return sh(script, SCRIPT_LIMIT);
    }

    default String sh(String script, Duration limit) throws IOException, InterruptedException {
        Result result = run("set -e\n" + script, limit);
        if (result.exitStatus() != 0) {
            throw new AssertionError("in the guest: exit status " + result.exitStatus() + " of\n" + script.strip()
                    + "\nwhich wrote\n" + result.output());
        }
        return result.output();
    }
}
