package dev.isthmus.net;

import dev.isthmus.fuzz.FuzzFailure;
import dev.isthmus.fuzz.FuzzGuest;
import dev.isthmus.fuzz.FuzzRandom;
import dev.isthmus.fuzz.FuzzTally;
import dev.isthmus.fuzz.Scribbler;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.memory.MemoryException;
import dev.isthmus.vhostuser.FakeRing;
import java.io.IOException;

/**
 * Random frames, buffers and headers of a hostile guest against the network device, one card's life after another. Each
 * life is a stream of its own, so it can be repeated alone. Memory stays as written, so every frame must arrive whole
 * and in order, or be counted under the cause it has; or a second thread scribbles, and then only what holds whatever
 * the guest does is.
 */
final class NetFuzz implements AutoCloseable {
    private static final long HALF_OF_THE_RINGS = 32 << 10;
    private static final long HALF_OF_THE_TABLES = 256 << 10;

    /** A check that is deliberately wrong, for the test of the fuzzer; false and zero: the code as it is. */
    record Canary(int regionBytesTooMany, boolean forgetsAChain) {
        static final Canary NONE = new Canary(0, false);
    }

    private final long seed;
    private final Canary canary;
    private final FuzzRandom random = new FuzzRandom();
    private final FuzzFeatures features = new FuzzFeatures();
    private final FuzzGuest guest;
    private final FuzzTally tally = new FuzzTally();

    NetFuzz(long seed, Canary canary) throws LinuxException, MemoryException {
        this.seed = seed;
        this.canary = canary;
        this.guest = new FuzzGuest(canary.regionBytesTooMany());
    }

    FuzzTally tally() {
        return tally;
    }

    /** Runs lives from {@code firstLife} on until there were this many cases; returns the life to go on at. */
    long run(long firstLife, long cases) {
        return run(firstLife, cases, false);
    }

    /** The same while a second thread writes into tables and rings. */
    long runScribbled(long firstLife, long cases) {
        try (Scribbler scribbler = new Scribbler(guest, seed)) {
            long next = run(firstLife, cases, true);
            tally.add("Scribbler", "writes", scribbler.writes());
            return next;
        }
    }

    private long run(long firstLife, long cases, boolean scribbled) {
        long number = firstLife;
        long end = tally.cases() + cases;
        while (tally.cases() < end) {
            runLife(number, scribbled);
            number++;
        }
        return number;
    }

    private void runLife(long number, boolean scribbled) {
        random.seed(seed, number);
        features.choose(random);
        boolean sentFirst = random.rarely(2); // whose memory is scribbled most
        int base = random.rarely(2) ? 0 : random.below(1 << 16);
        try (FakeRing receive = ring(sentFirst ? HALF_OF_THE_RINGS : 0, 0, base);
                FakeRing transmit = ring(sentFirst ? 0 : HALF_OF_THE_RINGS, 1, base)) {
            FuzzLink link = new FuzzLink(random, guest, features, scribbled);
            long sentTables = FuzzGuest.TABLES + (sentFirst ? 0 : HALF_OF_THE_TABLES);
            long receiveTables = FuzzGuest.TABLES + (sentFirst ? HALF_OF_THE_TABLES : 0);
            FuzzCard card = new FuzzCard(guest, features, link, new FuzzRing(receive, scribbled),
                    new FuzzRing(transmit, scribbled), base);
            FuzzCardLife life = new FuzzCardLife(random, card, link, scribbled,
                    new FuzzSender(random, guest, features, sentTables),
                    new FuzzReceiver(random, guest, features, link, receiveTables), tally);
            life.run(canary.forgetsAChain());
            card.close();
        } catch (IOException | RuntimeException | Error e) {
            throw new FuzzFailure(scribbled ? "scribbled cards" : "cards", seed, number, e);
        }
    }

    private FakeRing ring(long offset, int index, int base) throws LinuxException {
        int size = random.rarely(10) ? 1 << random.below(4) : 1 << random.between(4, 8);
        FakeRing ring = new FakeRing(guest.rings, offset, index, size, features.eventIdx());
        ring.nextAvailable(base);
        ring.lastUsed(base);
        return ring;
    }

    @Override
    public void close() {
        guest.close();
    }
}
