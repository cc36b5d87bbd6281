package dev.isthmus.fuzz;

import dev.isthmus.vhostuser.SharedRam;

/**
 * A guest's second processor that writes into what the device reads: descriptors, indirect tables, headers, ranges, and
 * now and then the available ring and its index.
 */
public final class Scribbler implements AutoCloseable {
    private static final int RINGS_BYTES = 16 * 256 + 6 + 2 * 256;
    /** Low ones are used most. */
    private static final int HEADS = 24;
    private static final int BURST = 64;

    private final SharedRam rings;
    private final SharedRam tables;
    private final FuzzRandom random = new FuzzRandom();
    private final Thread thread;
    private volatile boolean running = true;
    private volatile long writes;

    public Scribbler(FuzzGuest guest, long seed) {
        rings = guest.rings;
        tables = guest.tables;
        random.seed(seed, -1);
        thread = Thread.ofPlatform().name("scribbler").daemon().start(this::scribble);
    }

    public long writes() {
        return writes;
    }

    private void scribble() {
        long done = 0;
        while (running) {
            for (int i = 0; i < BURST; i++) {
                if (random.rarely(8)) {
                    rings.putU8(random.rarely(4) ? random.below(RINGS_BYTES) : random.below(16 * HEADS), (int) random
                            .next());
                } else {
                    inPlace();
                }
            }
            done += BURST;
            writes = done;
            Thread.onSpinWait();
        }
    }

    /** Header, ranges or table of a low head. */
    private void inPlace() {
        long place = 1024L * random.below(HEADS);
        int offset = random.rarely(2) ? random.below(96) : 512 + random.below(256);
        if (random.rarely(3)) {
            tables.putU16(place + (offset & -2), random.below(8));
        } else {
            tables.putU8(place + offset, (int) random.next());
        }
    }

    @Override
    public void close() {
        running = false;
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
