package dev.isthmus.xen.netif;

import dev.isthmus.fuzz.FuzzFailure;
import dev.isthmus.fuzz.FuzzRandom;
import dev.isthmus.fuzz.FuzzTally;
import dev.isthmus.linux.HostMemory;
import dev.isthmus.xen.CheckedGrantTable;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Network rings of hostile guests: most packets are right, each rule is broken rarely, and now and then a ring itself.
 * Nothing may throw, no copy may leave its page or ours, every slot is answered as it deserves, and no frame goes on
 * that speaks of another sender. A case is a packet.
 */
final class HostileNetFuzz implements AutoCloseable {
    /** Rounds of a life, in each of which rings are filled. */
    private static final int ROUNDS = 40;
    private static final int TURNS_MAX = 10_000;
    private static final byte[] PLAIN = new byte[12];
    private static final byte[] SMALL = Frames.random(600);
    /** Lives of one guest: making one takes longer than living. */
    private static final int GRANTS_EACH = 50;

    private final long seed;
    private final boolean canary;
    private final FuzzTally tally = new FuzzTally();
    private final FuzzRandom random = new FuzzRandom();
    private NetGuest guest = new NetGuest(2, true);
    private int lives;

    /** @param canary whether the checks are told of memory that is not ours: it must fail then */
    HostileNetFuzz(long seed, boolean canary) {
        this.seed = seed;
        this.canary = canary;
    }

    FuzzTally tally() {
        return tally;
    }

    /**
     * Lives of guests until so many cases are over.
     *
     * @param scribbled whether a second thread changes rings and pages meanwhile
     * @return the next life's number
     */
    long run(long firstLife, long cases, boolean scribbled) {
        long end = tally.cases() + cases;
        long life = firstLife;
        while (tally.cases() < end) {
            random.seed(seed, life);
            try {
                live(scribbled);
            } catch (Exception | Error e) {
                throw new FuzzFailure("hostile network ring", seed, life, e);
            }
            life++;
        }
        return life;
    }

    private void live(boolean scribbled) throws Exception {
        if (++lives % GRANTS_EACH == 0) {
            guest.close();
            guest = new NetGuest(2, random.rarely(2));
        }
        for (GuestQueue queue : guest.queues) {
            queue.reset();
        }
        boolean able = !random.rarely(4);
        NetifConnection wanted = guest.connection(able, able, able, able, !random.rarely(4));
        MemoryWire[] wire = new MemoryWire[1];
        CheckedGrantTable grants = new CheckedGrantTable(guest.xen.openGrantTable(), NetGuest.DOMAIN,
                (address, length, toGrant) -> !canary && wire[0].isOurs(address, length));
        try (CardRig rig = new CardRig(guest, wanted, VifRate.UNLIMITED, grants)) {
            wire[0] = rig.wire;
            rig.wire.recording = false;
            rig.wire.expected = Frames.GUEST;
            HostileNetGuest hostile = new HostileNetGuest(guest, random, tally);
            if (scribbled) {
                scribble(hostile, rig);
            } else {
                rounds(hostile, rig, false);
            }
        }
        if (guest.domain.mappings() != 0 || guest.domain.bindings() != 0) {
            throw new AssertionError("something is left of a guest");
        }
    }

    private void scribble(HostileNetGuest hostile, CardRig rig) throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        long from = random.next();
        Thread scribbler = Thread.ofPlatform().name("scribbler").start(() -> {
            FuzzRandom scribbles = new FuzzRandom();
            scribbles.seed(from, 0);
            while (!done.get()) {
                // Slots, frames and wishes. Producer indexes are left alone here, or soon nothing would be taken.
                GuestQueue queue = guest.queues[scribbles.below(2)];
                long page = scribbles.pick(0, 1, 2) == 0 ? queue.txPage(scribbles.below(256))
                        : scribbles.rarely(4) ? queue.rx : queue.tx;
                int at = scribbles.rarely(8) ? scribbles.pick(4, 5, 6, 7, 12, 13, 14, 15) : scribbles.between(64, 4095);
                HostMemory.putU8(page + at, scribbles.below(256));
            }
        });
        try {
            rounds(hostile, rig, true);
        } finally {
            done.set(true);
            scribbler.join();
        }
    }

    private void rounds(HostileNetGuest hostile, CardRig rig, boolean scribbled) throws Exception {
        byte[] received = Frames.frame(true, true, 8000);
        byte[] header = Frames.header(1, 1, 54, 1448, 34, 16);
        for (int round = 0; round < ROUNDS && !hostile.isClosed(); round++) {
            if (random.rarely(20) && !scribbled) {
                rig.restart();
                for (GuestQueue queue : guest.queues) {
                    queue.rxConsumer += queue.arrived();
                }
            }
            long before = rig.wire.sentFrames;
            int cases = hostile.fill();
            while (rig.wire.waiting() < 8) {
                boolean small = random.rarely(2);
                rig.wire.deliver(small ? PLAIN : header, small ? SMALL : received);
            }
            turn(rig.card);
            hostile.collect(rig.card.service(), scribbled);
            long sent = rig.wire.sentFrames - before;
            if (!scribbled && !hostile.isClosed()
                    && (sent < hostile.good() || sent > hostile.good() + hostile.unknown())) {
                throw new AssertionError(sent + " frames of " + hostile.good() + " that are good, and "
                        + hostile.unknown() + " that may be");
            }
            for (int i = 0; i < cases; i++) {
                tally.addCase(i < sent);
            }
            if (rig.wire.missing() != 0) {
                throw new AssertionError(rig.wire.missing() + " pages and frames are missing");
            }
        }
    }

    private static void turn(GuestCard card) {
        int turns = 0;
        while (card.turn() > 0) {
            turns++;
            if (turns > TURNS_MAX) {
                throw new AssertionError("work without end");
            }
        }
    }

    @Override
    public void close() {
        guest.close();
    }
}
