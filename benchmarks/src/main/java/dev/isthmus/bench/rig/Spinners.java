package dev.isthmus.bench.rig;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A loop of the lowest priority (SCHED_IDLE) on each processor in use, so that none of them sleeps: a processor that
 * has to be woken, by its hypervisor too, adds tens of microseconds to an answer, and not the same each time.
 */
public final class Spinners {
    /** One that has only what nobody else wants needs a processor to end, too. */
    private static final double STOP_SECONDS = 60;
    /** Ends also when this program, whose process number is its argument, is gone. */
    private static final String LOOP =
            "while [ -d /proc/$0 ]; do i=0; while [ $i -lt 1000000 ]; do i=$((i+1)); done; done";

    private final @Nullable IdleGroup group;
    private final List<Process> processes = new ArrayList<>();

    private Spinners(@Nullable IdleGroup group) {
        this.group = group;
    }

    /**
     * Starts them.
     *
     * @param besideKernelThreads whether threads of the kernel take part in what is measured: then there are spinners
     *     only where they really stand aside for them, which is where there is an {@link IdleGroup}
     */
    public static Spinners start(Cleanup cleanup, Pin pin, boolean besideKernelThreads) throws IOException {
        IdleGroup group = IdleGroup.make();
        if (group != null) {
            cleanup.make(() -> group, IdleGroup::remove);
        }
        var spinners = new Spinners(group);
        if (group == null && besideKernelThreads) {
            return spinners;
        }
        for (int cpu : pin.usedCpus()) {
            cleanup.make(() -> spinners.add(cpu), Spinners::stop);
        }
        return spinners;
    }

    /** All of these become the last, so the process's number stays. */
    private Process add(int cpu) throws IOException {
        Process process = new ProcessBuilder("setpriv", "--pdeathsig", "KILL", "chrt", "--idle", "0",
                "taskset", "--cpu-list", Integer.toString(cpu), "sh", "-c", LOOP,
                Long.toString(ProcessHandle.current().pid())).start();
        processes.add(process);
        if (group != null) {
            group.add(process);
        }
        return process;
    }

    private static void stop(Process process) throws IOException {
        process.destroyForcibly();
        if (!Tool.waitFor(process, STOP_SECONDS)) {
            throw new IOException("spinner " + process.pid() + " does not end");
        }
    }

    public void stop(Cleanup cleanup) throws IOException {
        for (Process process : processes) {
            cleanup.release(process);
        }
        if (group != null) {
            cleanup.release(group);
        }
    }
}
