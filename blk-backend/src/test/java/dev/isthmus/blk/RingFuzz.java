package dev.isthmus.blk;

import dev.isthmus.device.VringContext;
import dev.isthmus.device.VringHandler;
import dev.isthmus.fuzz.AllocationMeter;
import dev.isthmus.fuzz.FuzzFailure;
import dev.isthmus.fuzz.FuzzGuest;
import dev.isthmus.fuzz.FuzzRandom;
import dev.isthmus.fuzz.FuzzTally;
import dev.isthmus.fuzz.Scribbler;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.memory.GuestMemoryLease;
import dev.isthmus.memory.MemoryException;
import dev.isthmus.vhostuser.FakeRing;
import dev.isthmus.virtqueue.ChainFault;
import dev.isthmus.virtqueue.SplitAddresses;
import dev.isthmus.virtqueue.SplitVirtqueue;
import dev.isthmus.virtqueue.Virtqueue;
import java.io.IOException;

/**
 * Random chains of block requests against the split virtqueue and the block device, one ring's life after another. Each
 * life is a stream of its own, so it can be repeated alone. Memory stays as written, so everything that must be said to
 * a chain is known beforehand; or a second thread scribbles, and then only what holds whatever the guest does is.
 */
final class RingFuzz implements AutoCloseable {
    private static final int BATCH_MAX = 24;

    /** A check that is deliberately wrong, for the test of the fuzzer; all false and zero: the code as it is. */
    record Canary(int regionBytesTooMany, int sectorsTooMany, boolean forgetsAChain) {
        static final Canary NONE = new Canary(0, 0, false);
    }

    private final long seed;
    private final Canary canary;
    private final FuzzRandom random = new FuzzRandom();
    private final FuzzLife life = new FuzzLife();
    private final FuzzGuest guest;
    private final ChainGenerator generator;
    private final FuzzTally tally = new FuzzTally();
    private final AllocationMeter meter = new AllocationMeter();

    RingFuzz(long seed, Canary canary) throws LinuxException, MemoryException {
        this.seed = seed;
        this.canary = canary;
        this.guest = new FuzzGuest(canary.regionBytesTooMany());
        this.generator = new ChainGenerator(random, guest);
    }

    FuzzTally tally() {
        return tally;
    }

    AllocationMeter meter() {
        return meter;
    }

    /** Runs lives from {@code firstLife} on until there were this many cases; returns the life to go on at. */
    long run(long firstLife, long cases) {
        long number = firstLife;
        long end = tally.cases() + cases;
        while (tally.cases() < end) {
            runLife(number, false);
            number++;
        }
        return number;
    }

    /** The same while a second thread writes into tables and rings. */
    long runScribbled(long firstLife, long cases) {
        long number = firstLife;
        long end = tally.cases() + cases;
        try (Scribbler scribbler = new Scribbler(guest, seed)) {
            while (tally.cases() < end) {
                runLife(number, true);
                number++;
            }
            tally.add("Scribbler", "writes", scribbler.writes());
        }
        return number;
    }

    private void runLife(long number, boolean scribbled) {
        random.seed(seed, number);
        life.choose(random);
        try (FakeRing ring = new FakeRing(guest.rings, 0, 0, life.queueSize, life.eventIdx);
                FuzzInflight inflight = new FuzzInflight(random, life)) {
            ring.nextAvailable(life.base);
            ring.lastUsed(life.base);
            generator.begin(life);
            live(ring, inflight, scribbled);
        } catch (IOException | RuntimeException | Error e) {
            throw new FuzzFailure(scribbled ? "scribbled rings" : "rings", seed, number, e);
        }
    }

    private void live(FakeRing ring, FuzzInflight inflight, boolean scribbled) throws IOException {
        FuzzStore store = new FuzzStore(guest, random, life.limits(canary.sectorsTooMany()), life.sizeBytes());
        BlkDevice device = BlkDevice.create("fuzz", new BlkDeviceOptions("fuzz", 1, null), store);
        device.start(life.features());
        var addresses = new SplitAddresses(ring.descriptorsUser(), ring.availableUser(), ring.usedUser());
        GuestMemoryLease lease = new GuestMemoryLease(guest.memory());
        Virtqueue queue = SplitVirtqueue.start(life.queueSize, addresses, life.features(), life.base, lease,
                inflight.part());
        VringHandler handler = device.openVring(new VringContext(0, queue, life.features(), () -> {}, null));
        FuzzDriver driver = new FuzzDriver(ring, scribbled);
        FuzzExpectation expected = new FuzzExpectation(device.counters().getFirst());
        if (inflight.isBroken()) {
            expected.ring(ChainFault.INFLIGHT_REGION);
        }
        Turns turns = new Turns(queue, handler, meter, canary.forgetsAChain());
        int left = life.chains;
        while (left > 0 && queue.ringFault() == ChainFault.NONE) {
            int batch = Math.min(left, random.between(1, Math.min(BATCH_MAX, life.queueSize)));
            left -= batch;
            offer(driver, batch, expected);
            turns.turn();
            if (store.heldCount() > 0 && random.rarely(3)) {
                store.releaseOne();
            }
            driver.takeUsed();
        }
        if (queue.ringFault() == ChainFault.NONE) {
            breakRing(driver, queue, store, turns, expected);
        }
        while (store.heldCount() > 0) {
            store.releaseOne();
        }
        // A ring with all it may have in flight is not looked at until something is handed back.
        turns.turn();
        driver.takeUsed();
        check(driver, queue, handler, expected, scribbled);
        if (queue.ringFault() != ChainFault.NONE) {
            tally.add(queue.ringFault());
        }
        expected.addTo(tally);
        tally.add("Store", "requests", store.submitted());
        handler.close();
        queue.close();
        device.stop();
    }

    private void offer(FuzzDriver driver, int batch, FuzzExpectation expected) {
        for (int i = 0; i < batch && driver.freeCount() > 0; i++) {
            int[] free = driver.free();
            int taken = generator.write(driver.ring(), free, driver.freeCount());
            driver.offer(taken);
            expected.chain(generator.expectedChainFault(), generator.expectedRequestFault());
        }
    }

    /** The end of most lives: what no driver may do to its ring. */
    private void breakRing(FuzzDriver driver, Virtqueue queue, FuzzStore store, Turns turns,
            FuzzExpectation expected) {
        FakeRing ring = driver.ring();
        ChainFault fault = ChainFault.NONE;
        switch (random.below(5)) {
            case 0 -> {
                ring.nextAvailable(ring.nextAvailable() + random.between(life.queueSize + 1, 65535) & 0xffff);
                fault = ChainFault.AVAIL_INDEX_TOO_FAR;
            }
            case 1 -> {
                ring.offer(random.between(life.queueSize, 65535));
                fault = ChainFault.HEAD_OUT_OF_RANGE;
            }
            case 2 -> {
                queue.memory(new GuestMemoryLease(guest.withoutRings()));
                fault = ChainFault.RING_NOT_MAPPED;
            }
            case 3 -> {
                if (driver.freeCount() > 2) {
                    store.holdNext();
                    int head = driver.offerFlush(guest, expected);
                    turns.turn();
                    ring.offer(head);
                    fault = ChainFault.HEAD_ALREADY_IN_FLIGHT;
                }
            }
            default -> {
            }
        }
        turns.turn();
        expected.ring(fault);
    }

    private void check(FuzzDriver driver, Virtqueue queue, VringHandler handler, FuzzExpectation expected,
            boolean scribbled) {
        if (handler.inFlight() != 0 || queue.inFlight() != 0) {
            throw new IllegalStateException(handler.inFlight() + " requests and " + queue.inFlight()
                    + " chains in flight after everything was released");
        }
        if (!scribbled) {
            expected.check(queue.ringFault());
            boolean seesUsed = queue.ringFault() != ChainFault.RING_NOT_MAPPED;
            if (seesUsed && driver.outstanding() != 0) {
                throw new IllegalStateException(driver.outstanding() + " chains were not handed back");
            }
        }
    }

    @Override
    public void close() {
        guest.close();
    }
}
