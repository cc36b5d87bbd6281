package dev.isthmus.blk.store;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread of a store. Nothing a request does ends it: a request that throws gets its result from {@link
 * StoreExecutor#failed}.
 */
final class StoreThread implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(StoreThread.class);

    private final StorePool pool;
    private final StoreExecutor executor;
    private final Thread thread;
    /** Set by the thread before it sleeps; whoever clears it owes the thread an unpark. */
    private final AtomicBoolean asleep = new AtomicBoolean();
    private int turn;

    StoreThread(StorePool pool, String name, StoreExecutor executor) {
        this.pool = pool;
        this.executor = executor;
        this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this);
    }

    void start() {
        thread.start();
    }

    @Override
    public void run() {
        try (IoScratch scratch = new IoScratch()) {
            while (serveOrLog(scratch)) {
                // until the pool ends
            }
        }
    }

    /**
     * False when the pool ends. An {@link InternalError} from guest memory that was cut off arrives late: after the
     * access, at the latest with the next system call, which is inside {@code execute}. Should it ever be later, the
     * thread lives on.
     */
    private boolean serveOrLog(IoScratch scratch) {
        try {
            return serveOne(scratch);
        } catch (RuntimeException | Error e) {
            LOG.error("{}: outside of a request", thread.getName(), e);
            return true;
        }
    }

    /** False when the pool ends. */
    private boolean serveOne(IoScratch scratch) {
        StoreRequest request = pool.take(this);
        if (request == null) {
            return false;
        }
        StoreResult result;
        try {
            result = executor.execute(request, scratch);
        } catch (Throwable t) {
            result = executor.failed(request, t);
        }
        complete(request, result);
        return true;
    }

    private void complete(StoreRequest request, StoreResult result) {
        try {
            request.complete(result);
        } catch (RuntimeException | Error e) {
            // The device's side is broken; there is no one to tell, and completing twice would be worse.
            LOG.error("{}: a completion threw", thread.getName(), e);
        }
    }

    int nextTurn() {
        return turn++;
    }

    void announceSleep() {
        asleep.set(true);
    }

    void sleep() {
        LockSupport.park(this);
    }

    void announceAwake() {
        asleep.set(false);
    }

    boolean wakeIfAsleep() {
        if (asleep.get() && asleep.compareAndSet(true, false)) {
            LockSupport.unpark(thread);
            return true;
        }
        return false;
    }

    void wake() {
        LockSupport.unpark(thread);
    }

    /** Whether the waiting thread was interrupted meanwhile. */
    boolean joinUninterruptibly() {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                return interrupted;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
    }

}
