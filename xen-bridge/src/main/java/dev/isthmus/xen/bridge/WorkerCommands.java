package dev.isthmus.xen.bridge;

import dev.isthmus.linux.EventFd;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.NativeHeap;
import dev.isthmus.linux.OwnedFd;
import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** What other threads want of a worker: they wait, it is woken. */
final class WorkerCommands implements AutoCloseable {
    private final Queue<Command> queue = new ConcurrentLinkedQueue<>();
    private final OwnedFd wake;
    private final long count = NativeHeap.allocate(Long.BYTES);
    private volatile boolean ended;

    /** Something the worker does; it is done when the result is complete. */
    @FunctionalInterface
    interface Work {
        void run(CompletableFuture<@Nullable Void> result) throws IOException;
    }

    private record Command(Work work, CompletableFuture<@Nullable Void> result) {
    }

    private WorkerCommands(OwnedFd wake) {
        this.wake = wake;
    }

    static WorkerCommands open() throws LinuxException {
        return new WorkerCommands(EventFd.create());
    }

    /** Has the worker do it and waits until it is done. Any thread but the worker. */
    void call(Work work) throws IOException, InterruptedException {
        Command command = new Command(work, new CompletableFuture<>());
        queue.add(command);
        wake();
        if (ended) {
            refuseAll();
        }
        try {
            command.result.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException problem) {
                throw problem;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /** Any thread, until the worker has ended. */
    synchronized void wake() {
        if (!ended) {
            EventFd.signal(wake.number());
        }
    }

    boolean isEmpty() {
        return queue.isEmpty();
    }

    /** The worker's: does what is wanted. */
    void run() {
        Command command = queue.poll();
        while (command != null) {
            try {
                command.work.run(command.result);
            } catch (IOException | RuntimeException e) {
                command.result.completeExceptionally(e);
            }
            command = queue.poll();
        }
    }

    /** Readable after {@link #wake}; for poll(2). */
    int descriptor() {
        return wake.number();
    }

    /** The worker's: it is awake. */
    void drain() {
        EventFd.await(wake.number(), count);
    }

    private void refuseAll() {
        Command command = queue.poll();
        while (command != null) {
            command.result.completeExceptionally(new IOException("it was closed"));
            command = queue.poll();
        }
    }

    /** The worker's last. */
    @Override
    public void close() {
        synchronized (this) {
            ended = true;
            wake.close();
            NativeHeap.free(count);
        }
        refuseAll();
    }
}
