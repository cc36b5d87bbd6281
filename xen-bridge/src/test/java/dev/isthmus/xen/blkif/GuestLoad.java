package dev.isthmus.xen.blkif;

import dev.isthmus.linux.HostMemory;
import dev.isthmus.xen.blkif.GuestRing.Response;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A guest that writes and reads back what it wrote, with many requests in flight, and forgives nothing: no error, no
 * second answer, no wrong byte. It asks for one thing at a time of each of its blocks, as a file system does.
 */
final class GuestLoad implements AutoCloseable {
    private static final int BLOCKS = 24;
    private static final int SECTORS_PER_BLOCK = 8;

    private final BlkGuest guest;
    private final GuestRing ring;
    private final Random random;
    private final AtomicBoolean stop = new AtomicBoolean();
    private final AtomicLong answers = new AtomicLong();
    private final Thread thread;
    private volatile Throwable failure;

    // By block, which has a page and sectors of its own.
    private final long[] versions = new long[BLOCKS];
    private final boolean[] busy = new boolean[BLOCKS];
    private final boolean[] writing = new boolean[BLOCKS];

    GuestLoad(BlkGuest guest, long seed) {
        this.guest = guest;
        this.ring = guest.ring();
        this.random = new Random(seed);
        this.thread = Thread.ofPlatform().name("guest-load").start(this::run);
    }

    private void run() {
        try {
            while (!stop.get()) {
                int wanted = 1 + random.nextInt(BLOCKS);
                while (ring.outstanding() < wanted) {
                    submit();
                }
                ring.push();
                answered(ring.await());
            }
            while (ring.outstanding() > 0) {
                answered(ring.await());
            }
        } catch (Exception | AssertionError e) {
            failure = e;
        }
    }

    private void submit() {
        int block = random.nextInt(BLOCKS);
        while (busy[block]) {
            block = (block + 1) % BLOCKS;
        }
        busy[block] = true;
        writing[block] = random.nextBoolean();
        long page = guest.address(block);
        if (writing[block]) {
            versions[block] = random.nextLong();
            for (int i = 0; i < 4096; i += 8) {
                HostMemory.putU64(page + i, versions[block] + i);
            }
        } else {
            HostMemory.fill(page, 4096, 0xee);
        }
        ring.put(ring.request(writing[block] ? 1 : 0, block, (long) block * SECTORS_PER_BLOCK, guest.grant(block), 0,
                7));
    }

    private void answered(Response response) {
        int block = (int) response.id();
        if (response.status() != 0 || !busy[block] || response.operation() != (writing[block] ? 1 : 0)) {
            throw new AssertionError(response + " of block " + block + ", busy " + busy[block]);
        }
        if (!writing[block] && versions[block] != 0) {
            for (int i = 0; i < 4096; i += 8) {
                if (HostMemory.u64(guest.address(block) + i) != versions[block] + i) {
                    throw new AssertionError("block " + block + " is wrong at byte " + i);
                }
            }
        }
        busy[block] = false;
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
