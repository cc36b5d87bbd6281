package dev.isthmus.blk.store.volume;

import dev.isthmus.blk.store.RequestQueue;
import dev.isthmus.blk.store.StoreRequest;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread with a queue, which takes all that has come at once: what many want is done once for them.
 *
 * <p>The queue needs no bound of its own. A device's virtqueues hold so many requests and no more, and a guest whose
 * requests are not answered has none left to make.
 */
final class Lane {
    static final int BATCH_MAX = 256;

    private static final Logger LOG = LoggerFactory.getLogger(Lane.class);

    /** What is done with the requests that have come: completes or passes on each. On the lane's thread. */
    interface Batch {
        void run(StoreRequest[] requests, int count);
    }

    private final RequestQueue queue = new RequestQueue();
    private final @Nullable StoreRequest[] taken = new StoreRequest[BATCH_MAX];
    private final Batch batch;
    private final Thread thread;
    private volatile boolean asleep;
    private volatile boolean ending;

    private Lane(String name, Batch batch) {
        this.batch = batch;
        this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
    }

    static Lane start(String name, Batch batch) {
        var lane = new Lane(name, batch);
        lane.thread.start();
        return lane;
    }

    /** Any thread; does not block. */
    void add(StoreRequest request) {
        queue.add(request);
        // Partner: the fence in sleep(). Either we see the sleeper, or it sees the request.
        VarHandle.fullFence();
        if (asleep) {
            LockSupport.unpark(thread);
        }
    }

    private void run() {
        int turn = 0;
        while (true) {
            int count = 0;
            StoreRequest request = queue.poll(turn++);
            while (request != null) {
                taken[count++] = request;
                request = count < BATCH_MAX ? queue.poll(turn++) : null;
            }
            if (count > 0) {
                runBatch(count);
            } else if (ending) {
                return;
            } else {
                sleep();
            }
        }
    }

    @SuppressWarnings("NullAway") // the first count places are filled
    private void runBatch(int count) {
        try {
            batch.run(taken, count);
        } catch (RuntimeException | Error e) {
            LOG.error("{}: outside of a request", thread.getName(), e);
        }
        Arrays.fill(taken, 0, count, null);
    }

    private void sleep() {
        asleep = true;
        // Partner: the fence in add().
        VarHandle.fullFence();
        if (queue.isEmpty() && !ending) {
            LockSupport.park(this);
        }
        asleep = false;
    }

    /** Ends the thread after what is queued, and waits for it. */
    void end() {
        ending = true;
        LockSupport.unpark(thread);
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
