package dev.isthmus.bench.rig;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A control group whose processes run only when nobody else wants the processor ({@code cpu.idle}, Documentation/
 * admin-guide/cgroup-v2.rst; version 1 has it, too). SCHED_IDLE alone does not say that: where sessions are scheduled
 * as groups (sched_autogroup, sched(7)) it counts inside its own session only, and threads of the kernel wait for it.
 */
final class IdleGroup {
    /** Where version 1 has its controller, and where version 2 has all of them. */
    private static final List<Path> HIERARCHIES = List.of(Path.of("/sys/fs/cgroup/cpu"), Path.of("/sys/fs/cgroup"));
    private static final double REMOVE_SECONDS = 5;
    private static final String MEMBERS = "cgroup.procs";

    private final Path directory;

    private IdleGroup(Path directory) {
        this.directory = directory;
    }

    /** A new one; null where there is no such thing: an old kernel, a container, not root. */
    static @Nullable IdleGroup make() {
        for (Path hierarchy : HIERARCHIES) {
            Path directory = hierarchy.resolve("isthmus-bench-" + ProcessHandle.current().pid());
            try {
                if (Files.exists(hierarchy.resolve(MEMBERS))) {
                    Files.createDirectory(directory);
                    return idle(directory);
                }
            } catch (IOException e) {
                // Not this one.
            }
        }
        return null;
    }

    private static IdleGroup idle(Path directory) throws IOException {
        try {
            Files.writeString(directory.resolve("cpu.idle"), "1");
            return new IdleGroup(directory);
        } catch (IOException e) {
            Files.delete(directory);
            throw e;
        }
    }

    void add(Process process) throws IOException {
        Files.writeString(directory.resolve(MEMBERS), Long.toString(process.pid()));
    }

    /** The kernel lets go of a process a moment after its end. */
    void remove() throws IOException {
        Retry.until(REMOVE_SECONDS, () -> Files.deleteIfExists(directory));
    }
}
