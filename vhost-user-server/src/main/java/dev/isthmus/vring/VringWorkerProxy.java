package dev.isthmus.vring;

import dev.isthmus.device.Wakeup;
import dev.isthmus.device.Watcher;
import dev.isthmus.linux.OwnedFd;
import dev.isthmus.loop.FileRing;
import dev.isthmus.loop.WorkerLoop;
import dev.isthmus.memory.GuestMemory;
import dev.isthmus.memory.GuestMemoryLease;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How the session's thread talks to a worker: each method is a command, and waits until the worker has carried it out.
 *
 * <p>If the worker's thread ends before it could, the command fails with {@link IllegalStateException}.
 */
final class VringWorkerProxy {
    private static final long ENDED_LOOK_MILLIS = 100;

    private final VringWorker worker;
    private final WorkerLoop loop;

    VringWorkerProxy(VringWorker worker, WorkerLoop loop) {
        this.worker = worker;
        this.loop = loop;
    }

    /** Hands a ring over. {@code open} makes it on the worker, under the worker's memory. */
    void activate(Function<GuestMemoryLease, Vring> open, @Nullable OwnedFd kick) {
        call(() -> {
            Vring ring = open.apply(worker.lease());
            watch(ring, kick);
            worker.add(ring);
            return ring.index;
        });
    }

    /** Stops a ring, waits for what is in flight, and returns its base. */
    int deactivate(int index) {
        CompletableFuture<Integer> base = new CompletableFuture<>();
        post(() -> worker.ring(index).drain(base), base);
        return await(base);
    }

    void setKick(int index, @Nullable OwnedFd kick) {
        call(() -> {
            watch(worker.ring(index), kick);
            return index;
        });
    }

    void setCall(int index, @Nullable OwnedFd fd, boolean mayBlock) {
        call(() -> {
            worker.ring(index).setCall(fd, mayBlock);
            return index;
        });
    }

    void setErr(int index, @Nullable OwnedFd fd) {
        call(() -> {
            worker.ring(index).setErr(fd);
            return index;
        });
    }

    void setEnabled(int index, boolean enabled) {
        call(() -> {
            worker.ring(index).setEnabled(enabled);
            return index;
        });
    }

    /** New requests use {@code memory} when this returns; the result completes when no request uses the old one. */
    CompletableFuture<Boolean> memory(GuestMemory memory) {
        CompletableFuture<Boolean> released = new CompletableFuture<>();
        call(() -> {
            worker.memory(new GuestMemoryLease(memory), () -> released.complete(true));
            return 0;
        });
        return released;
    }

    /** Ends the thread; all its rings are stopped. Returns whether nobody holds guest memory any more. */
    boolean stop() {
        worker.post(worker::stop);
        loop.wake();
        return worker.ended().join();
    }

    /** Whether the worker waits for a wake-up, and not merely for a processor. */
    boolean isSleeping() {
        return worker.isThreadSleeping();
    }

    Wakeup wakeup() {
        return loop::wake;
    }

    /** To be used on the worker. */
    Watcher watcher() {
        return loop::watch;
    }

    /** To be asked on the worker. */
    @Nullable
    FileRing files() {
        return loop.files();
    }

    private void watch(Vring ring, @Nullable OwnedFd kick) {
        ring.setKickWatch(kick == null ? null : worker.loop().watch(kick, ring.counters.kicks::increment));
    }

    private <T> T call(Supplier<T> command) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        post(() -> answer.complete(command.get()), answer);
        return await(answer);
    }

    private void post(Runnable command, CompletableFuture<?> answer) {
        worker.post(() -> {
            try {
                command.run();
            } catch (RuntimeException | Error e) {
                answer.completeExceptionally(e);
                throw e; // the worker's own net decides what becomes of it
            }
        });
        loop.wake();
    }

    /** Waits for as long as it takes, unless the worker's thread has ended and nobody will answer. */
    <T> T await(CompletableFuture<T> answer) {
        while (true) {
            boolean ended = worker.ended().isDone(); // asked before, so that an answer given at the end is still seen
            try {
                return answer.get(ENDED_LOOK_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                if (ended) {
                    throw new IllegalStateException("the worker has ended after a failure", e);
                }
            } catch (ExecutionException e) {
                throw new IllegalStateException("the worker failed: " + e.getCause(), e);
            } catch (InterruptedException e) {
                throw new IllegalStateException("nobody interrupts a session", e);
            }
        }
    }
}
