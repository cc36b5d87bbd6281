package dev.isthmus.blk.store;

import dev.isthmus.linux.LinuxException;
import dev.isthmus.loop.FileRing;
import dev.isthmus.loop.Transport;
import dev.isthmus.loop.WorkerLoop;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A store whose requests all come from one worker that has io_uring. Tests submit on any thread. */
final class OverIoUring implements StoreAround {
    private final BlockStore store;
    private @Nullable Worker worker;

    OverIoUring(BlockStore store) {
        this.store = store;
    }

    @Override
    public BlockStore behind() {
        return store;
    }

    @Override
    public void activate() throws IOException {
        store.activate();
        worker = new Worker();
    }

    @Override
    public void deactivate() throws IOException {
        if (worker != null) {
            worker.end();
            worker = null;
        }
        store.deactivate();
    }

    @Override
    public void submit(StoreRequest request) {
        worker.incoming.add(request);
        worker.loop.wake();
    }

    /** The thread on which requests come back that went through io_uring. */
    Thread workerThread() {
        return worker.thread;
    }

    @Override
    public StoreQueue queue(@Nullable FileRing files) {
        throw new IllegalStateException("the worker is in here");
    }

    @Override
    public void close() throws IOException {
        deactivate();
        store.close();
    }

    /** What a vring's worker does, without a vring. */
    private final class Worker {
        private final RequestQueue incoming = new RequestQueue();
        private final Thread thread;
        private final WorkerLoop loop;
        private volatile boolean ending;
        private int turn;

        Worker() {
            var opened = new CompletableFuture<WorkerLoop>();
            thread = Thread.ofPlatform().name("worker").start(() -> run(opened));
            loop = opened.join();
        }

        private void run(CompletableFuture<WorkerLoop> opened) {
            try (WorkerLoop mine = WorkerLoop.open(Transport.IO_URING)) {
                StoreQueue queue = store.queue(mine.files());
                opened.complete(mine);
                while (!ending || mine.hasFilesInFlight() || !incoming.isEmpty()) {
                    if (take(queue)) {
                        mine.pass();
                    } else {
                        mine.sleep(WorkerLoop.FOR_EVER, () -> !incoming.isEmpty() || ending && !mine
                                .hasFilesInFlight());
                    }
                }
            } catch (LinuxException | RuntimeException e) {
                opened.completeExceptionally(e);
                throw new IllegalStateException(e);
            }
        }

        private boolean take(StoreQueue queue) {
            boolean any = false;
            StoreRequest request = incoming.poll(turn++);
            while (request != null) {
                queue.submit(request);
                any = true;
                request = incoming.poll(turn++);
            }
            return any;
        }

        void end() {
            ending = true;
            loop.wake();
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
