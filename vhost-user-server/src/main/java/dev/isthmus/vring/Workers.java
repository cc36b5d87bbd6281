package dev.isthmus.vring;

import dev.isthmus.device.VirtioDevice;
import dev.isthmus.memory.GuestMemory;
import dev.isthmus.memory.GuestMemoryLease;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The workers of one connection. A worker's thread starts with its first ring.
 */
final class Workers {
    private final VirtioDevice device;
    private final WorkerOptions options;
    private final Consumer<Throwable> onFailure;
    private final @Nullable VringWorkerProxy[] workers;

    Workers(VirtioDevice device, WorkerOptions options, Consumer<Throwable> onFailure) {
        this.device = device;
        this.options = options;
        this.onFailure = onFailure;
        this.workers = new VringWorkerProxy[options.workers()];
    }

    private int number(int ring) {
        return device.workerGroup(ring) % workers.length;
    }

    /** The worker of a ring that has been started. */
    VringWorkerProxy of(int ring) {
        VringWorkerProxy worker = workers[number(ring)];
        if (worker == null) {
            throw new IllegalStateException("ring " + ring + " has no worker yet");
        }
        return worker;
    }

    /** The worker of a ring, which knows {@code memory}. */
    VringWorkerProxy start(int ring, GuestMemory memory) {
        int number = number(ring);
        VringWorkerProxy worker = workers[number];
        if (worker == null) {
            worker = VringWorker.start("vring-" + device.name() + "-" + number, options, number,
                    new GuestMemoryLease(memory), onFailure);
            workers[number] = worker;
        }
        return worker;
    }

    /** All workers go on with another memory table. */
    void memory(GuestMemory next, boolean waitForOld) {
        List<VringWorkerProxy> told = new ArrayList<>();
        List<CompletableFuture<Boolean>> released = new ArrayList<>();
        for (VringWorkerProxy worker : workers) {
            if (worker != null) {
                told.add(worker);
                released.add(worker.memory(next));
            }
        }
        for (int i = 0; waitForOld && i < told.size(); i++) {
            told.get(i).await(released.get(i));
        }
    }

    /** Ends all threads. Returns whether nobody holds guest memory any more. */
    boolean stop() {
        boolean clean = true;
        for (VringWorkerProxy worker : workers) {
            if (worker != null) {
                clean &= worker.stop();
            }
        }
        return clean;
    }
}
