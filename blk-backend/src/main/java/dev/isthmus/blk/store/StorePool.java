package dev.isthmus.blk.store;

import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The threads of one store, which do what would block a vring worker. As many as configured, so a stalled disk starves
 * no neighbour.
 *
 * <p>{@link #submit} may be called by any number of threads, does not block and does not allocate in steady state.
 */
public final class StorePool {
    private final RequestQueue queue = new RequestQueue();
    private final List<StoreThread> threads = new ArrayList<>();
    private volatile boolean ending;

    private StorePool() {}

    /** Starts {@code count} threads named {@code store-<deviceName>-<n>} that hand each request to {@code executor}. */
    static StorePool start(String deviceName, int count, StoreExecutor executor) {
        return start(deviceName, count, () -> executor);
    }

    /** The same with an executor for each thread, made by the caller's. */
    public static StorePool start(String deviceName, int count, Supplier<StoreExecutor> executors) {
        var pool = new StorePool();
        for (int i = 0; i < count; i++) {
            pool.threads.add(new StoreThread(pool, "store-" + deviceName + "-" + i, executors.get()));
        }
        pool.threads.forEach(StoreThread::start);
        return pool;
    }

    /** Hands a request to one of the threads. */
    public void submit(StoreRequest request) {
        queue.add(request);
        // Partner: the fence in take(). Either we see the sleeper, or it sees the request.
        VarHandle.fullFence();
        wakeOne();
    }

    /** Ends the threads after what is queued, and waits for them. */
    public void end() {
        ending = true;
        VarHandle.fullFence();
        threads.forEach(StoreThread::wake);
        boolean interrupted = false;
        for (StoreThread thread : threads) {
            interrupted |= thread.joinUninterruptibly();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for a request; null when the pool ends. */
    @Nullable
    StoreRequest take(StoreThread self) {
        while (true) {
            StoreRequest request = queue.poll(self.nextTurn());
            if (request == null) {
                self.announceSleep();
                // Partner: the fence in submit().
                VarHandle.fullFence();
                request = queue.poll(self.nextTurn());
                if (request == null && !ending) {
                    self.sleep();
                }
                self.announceAwake();
            }
            if (request != null) {
                // A producer may have spent its wake-up on us, for another request than this one: pass it on.
                if (!queue.isEmpty()) {
                    wakeOne();
                }
                return request;
            }
            if (ending && queue.isEmpty()) {
                return null;
            }
        }
    }

    private void wakeOne() {
        for (int i = 0; i < threads.size(); i++) {
            if (threads.get(i).wakeIfAsleep()) {
                return;
            }
        }
    }
}
