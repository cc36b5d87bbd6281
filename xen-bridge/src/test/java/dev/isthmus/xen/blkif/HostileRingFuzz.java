package dev.isthmus.xen.blkif;

import dev.isthmus.fuzz.FuzzFailure;
import dev.isthmus.fuzz.FuzzRandom;
import dev.isthmus.fuzz.FuzzTally;
import dev.isthmus.linux.HostMemory;
import dev.isthmus.xen.CheckedGrantTable;
import dev.isthmus.xen.EventChannels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Rings of hostile guests: most requests are right, each rule is broken rarely, and now and then the ring itself.
 * Nothing may throw, no copy may leave its page or ours, and every request that was taken is answered as it deserves. A
 * case is a request.
 */
final class HostileRingFuzz implements AutoCloseable {
    private static final int DATA_PAGES = 40;
    private static final int SECTORS = 4096;
    private static final int POOL_PAGES = 4 * Limits.SEGMENTS_MAX;
    /** Rounds of a life, in each of which a ring is filled. */
    private static final int ROUNDS = 40;
    private static final int TURNS_MAX = 10_000;

    private final long seed;
    private final boolean canary;
    private final Path directory;
    private final FuzzTally tally = new FuzzTally();
    private final FuzzRandom random = new FuzzRandom();
    private final MemoryBackend backend = new MemoryBackend(SECTORS, POOL_PAGES);

    /** @param canary whether the checks are told of memory that is not ours: it must fail then */
    HostileRingFuzz(long seed, boolean canary) throws IOException {
        this.seed = seed;
        this.canary = canary;
        Path shared = Path.of("/dev/shm");
        this.directory = Files.isWritable(shared) ? Files.createTempDirectory(shared, "isthmus-fuzz")
                : Files.createTempDirectory("isthmus-fuzz");
    }

    FuzzTally tally() {
        return tally;
    }

    /**
     * Lives of guests until so many cases are over.
     *
     * @param scribbled whether a second thread changes ring and indirect pages meanwhile
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
                throw new FuzzFailure("hostile ring", seed, life, e);
            }
            life++;
        }
        return life;
    }

    private void live(boolean scribbled) throws Exception {
        BlkifProtocol protocol = random.pick(BlkifProtocol.values());
        int ringPages = 1 << random.below(3);
        try (BlkGuest guest = new BlkGuest(protocol, 1 + random.below(2), ringPages, DATA_PAGES);
                EventChannels channels = guest.openEventChannels()) {
            BlkifCounters counters = new BlkifCounters();
            long[] fetched = new long[1];
            CheckedGrantTable grants = new CheckedGrantTable(guest.openGrantTable(), BlkGuest.DOMAIN,
                    (address, length, toGrant) -> isAllowed(address, length, toGrant, fetched[0]));
            boolean readOnly = random.rarely(8);
            BlkifProperties disk = properties(readOnly);
            backend.backwards = random.rarely(2);
            BlkifDiskOptions options = new BlkifDiskOptions("fuzz", directory, BlkGuest.DOMAIN,
                    directory.resolve("journal"), readOnly, 0, Duration.ZERO);
            Files.deleteIfExists(options.journal());
            try (GuestLink link = GuestLink.open(options, guest.connection(), disk, grants, channels, counters)) {
                fetched[0] = link.service().fetchedAddress();
                link.service().resume(backend, disk, false);
                HostileGuest hostile = new HostileGuest(guest, random, disk, tally);
                if (scribbled) {
                    scribble(guest, hostile, link.service());
                } else {
                    rounds(hostile, link.service(), false);
                }
            }
            if (guest.domain.mappings() != 0 || guest.domain.bindings() != 0) {
                throw new AssertionError("something is left of a guest");
            }
        }
    }

    private BlkifProperties properties(boolean readOnly) {
        int sectorBytes = random.rarely(4) ? 4096 : 512;
        boolean abilities = !random.rarely(8);
        return new BlkifProperties(SECTORS, sectorBytes, 4096, readOnly, abilities, abilities && !readOnly, sectorBytes,
                0, 2, 4, abilities ? random.between(11, Limits.SEGMENTS_MAX) : 0);
    }

    private boolean isAllowed(long address, int length, boolean toGrant, long fetched) {
        if (canary) {
            return false;
        }
        long offset = address - fetched;
        boolean segments = !toGrant && offset >= 0
                && offset + length <= (long) Limits.REQUESTS_PER_TURN * Limits.INDIRECT_BYTES_MAX;
        return segments || backend.isOurs(address, length);
    }

    private void scribble(BlkGuest guest, HostileGuest hostile, DiskService service) throws InterruptedException {
        AtomicBoolean done = new AtomicBoolean();
        long from = random.next();
        Thread scribbler = Thread.ofPlatform().name("scribbler").start(() -> {
            FuzzRandom scribbles = new FuzzRandom();
            scribbles.seed(from, 0);
            while (!done.get()) {
                // Entries, data and wishes. Producer indexes are left alone here, or soon nothing would be taken.
                long page = guest.domain.page(scribbles.below(guest.domain.pages()));
                int at = scribbles.rarely(8) ? scribbles.pick(4, 5, 6, 7, 12, 13, 14, 15) : scribbles.between(64, 4095);
                HostMemory.putU8(page + at, scribbles.below(256));
            }
        });
        try {
            rounds(hostile, service, true);
        } finally {
            done.set(true);
            scribbler.join();
        }
    }

    private void rounds(HostileGuest hostile, DiskService service, boolean scribbled) {
        for (int round = 0; round < ROUNDS && !hostile.isClosed(); round++) {
            int cases = hostile.fill();
            turn(service);
            int reached = hostile.collect(service, scribbled);
            for (int i = 0; i < cases; i++) {
                tally.addCase(i < reached);
            }
            if (service.inFlight() != 0 || backend.waiting() != 0 || backend.pool().free() != POOL_PAGES) {
                throw new AssertionError(service.inFlight() + " requests in flight, " + backend.waiting()
                        + " at the back-end, " + backend.pool().free() + " pages free");
            }
        }
    }

    private static void turn(DiskService service) {
        int turns = 0;
        while (service.turn() > 0) {
            turns++;
            if (turns > TURNS_MAX) {
                throw new AssertionError("work without end");
            }
        }
    }

    @Override
    public void close() throws IOException {
        backend.close();
        Files.deleteIfExists(directory.resolve("journal"));
        Files.delete(directory);
    }
}
