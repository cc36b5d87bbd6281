package dev.isthmus.vhostuser;

import dev.isthmus.vring.RingWatchdog;
import dev.isthmus.vring.VringCounters;
import dev.isthmus.vring.WorkerOptions;
import java.util.List;
import java.util.function.Consumer;

/**
 * What a session needs besides its socket and its device.
 *
 * @param workers how the device's workers behave
 * @param anyMemoryFile whether guest memory may be files other than memfd, tmpfs and hugetlbfs
 * @param vrings counters of each virtqueue; they outlive the session
 * @param watchdog looks at the rings of all sessions
 * @param onWorkerFailure told, by the worker, what ended a worker; the session ends by itself
 */
public record SessionOptions(
        WorkerOptions workers,
        boolean anyMemoryFile,
        List<VringCounters> vrings,
        RingWatchdog watchdog,
        Consumer<Throwable> onWorkerFailure) {}
