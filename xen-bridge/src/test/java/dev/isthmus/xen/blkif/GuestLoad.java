package dev.isthmus.xen.blkif;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A guest that keeps many requests in flight, in a thread of its own, and checks all answers. */
final class GuestLoad implements AutoCloseable {
    private final GuestRing ring;
    private final GuestBlocks blocks;
    private final AtomicBoolean stop = new AtomicBoolean();
    private final AtomicLong answers = new AtomicLong();
    private final Thread thread;
    private volatile @Nullable Throwable failure;

    GuestLoad(BlkGuest guest, long seed) {
        this.ring = guest.ring();
        this.blocks = new GuestBlocks(guest, seed);
        this.thread = Thread.ofPlatform().name("guest-load").start(this::run);
    }

    private void run() {
        try {
            while (!stop.get()) {
                int wanted = 1 + blocks.random().nextInt(GuestBlocks.BLOCKS);
                while (ring.outstanding() < wanted) {
                    blocks.put();
                }
                ring.push();
                awaitOne();
            }
            while (ring.outstanding() > 0) {
                awaitOne();
            }
        } catch (Exception | AssertionError e) {
            failure = e;
        }
    }

    private void awaitOne() throws InterruptedException {
        blocks.check(ring.await());
        answers.incrementAndGet();
    }

    /** Waits until so many more requests were answered. */
    void awaitAnswers(long more) {
        long goal = answers.get() + more;
        while (answers.get() < goal && thread.isAlive()) {
            Thread.onSpinWait();
        }
        check();
    }

    private void check() {
        if (failure != null) {
            throw new AssertionError(failure);
        }
    }

    /** Lets everything be answered. */
    @Override
    public void close() {
        stop.set(true);
        while (thread.isAlive()) {
            Thread.onSpinWait();
        }
        check();
    }
}
