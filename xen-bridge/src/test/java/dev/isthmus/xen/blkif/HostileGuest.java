package dev.isthmus.xen.blkif;

import dev.isthmus.fuzz.FuzzRandom;
import dev.isthmus.fuzz.FuzzTally;
import dev.isthmus.linux.HostMemory;
import dev.isthmus.xen.blkif.GuestRing.Response;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes requests of which it knows how they must be answered. Page 0 of its data is granted for reading only, page 1 is
 * not granted any more; indirect segments are in the last pages.
 */
final class HostileGuest {
    /** What is wrong with a request, or with the ring. */
    enum Break {
        NOTHING, OPERATION, NO_SEGMENT, TOO_MANY_SEGMENTS, SEGMENT_BACKWARDS, SEGMENT_BEHIND_PAGE, SECTOR_BEHIND_END,
        SECTOR_HUGE, MISALIGNED, REFERENCE_WILD, REFERENCE_REVOKED, REFERENCE_READ_ONLY, INDIRECT_OPERATION,
        INDIRECT_COUNT, INDIRECT_REFERENCE, SECURE_DISCARD, DISCARD_HUGE, RANDOM_BYTES, ID_AGAIN, PRODUCER_FAR_AHEAD,
        PRODUCER_BACK
    }

    private static final int PAGES = 24;
    private static final int FIRST_PAGE = 2;
    private static final int INDIRECT_PAGE = 30;
    private static final int INDIRECT_PAGES = 8;
    private static final int OKAY = 0;
    private static final int ERROR = -1;
    private static final int EOPNOTSUPP = -2;
    /** Nobody knows. */
    private static final int ANY = 1;

    private final BlkGuest guest;
    private final FuzzRandom random;
    private final BlkifProperties disk;
    private final FuzzTally tally;
    private final int readOnlyGrant;
    private final int revokedGrant;
    private final int blockSectors;
    private GuestRing ring;
    /** By id: how often it is in flight with which answer to come. */
    private final Map<Long, List<Integer>> expected = new HashMap<>();
    private long nextId;
    private int indirectPage;
    private boolean closed;
    private boolean toBeClosed;
    private int put;

    HostileGuest(BlkGuest guest, FuzzRandom random, BlkifProperties disk, FuzzTally tally) {
        this.tally = tally;
        this.guest = guest;
        this.random = random;
        this.disk = disk;
        this.blockSectors = disk.sectorBytes() / 512;
        this.readOnlyGrant = guest.domain.grant(guest.domain.pages() - 1, false);
        this.revokedGrant = guest.domain.grant(guest.domain.pages() - 1, true);
        guest.domain.revoke(revokedGrant);
        this.ring = guest.ring();
    }

    boolean isClosed() {
        return closed;
    }

    /** Fills a ring; how many requests it put there. */
    int fill() {
        ring = guest.rings[random.below(guest.rings.length)];
        put = 0;
        indirectPage = 0;
        int count = random.between(1, ring.size());
        for (int i = 0; i < count; i++) {
            put(random.rarely(3) ? Break.values()[random.below(Break.PRODUCER_FAR_AHEAD.ordinal())] : Break.NOTHING);
        }
        ring.push();
        if (random.rarely(60)) {
            boolean back = random.rarely(2);
            int producer = (int) HostMemory.u32(ring.page);
            // Far ahead of what was answered so far, or behind it: none of the requests is looked at then.
            HostMemory.putU32(ring.page, back ? producer - put - 1 - random.below(1 << 30)
                    : producer + ring.size() - put + 1 + random.below(1 << 30));
            toBeClosed = true;
            tally.add(back ? Break.PRODUCER_BACK : Break.PRODUCER_FAR_AHEAD);
        }
        return put;
    }

    private void put(Break asked) {
        boolean indirect = asked == Break.INDIRECT_OPERATION || asked == Break.INDIRECT_COUNT
                || asked == Break.INDIRECT_REFERENCE;
        // Pages of requests that wait are not written again.
        Break rule = indirect && indirectPage == INDIRECT_PAGES ? Break.NOTHING : asked;
        tally.add(rule);
        long id = rule == Break.ID_AGAIN && nextId > 0 ? nextId : ++nextId;
        int status = switch (rule) {
            case RANDOM_BYTES -> putRandom(id);
            case SECURE_DISCARD, DISCARD_HUGE -> putDiscard(rule, id);
            case INDIRECT_OPERATION, INDIRECT_COUNT, INDIRECT_REFERENCE -> putIndirect(rule, id);
            default -> random.rarely(8) && rule == Break.NOTHING ? putDiscard(rule, id)
                    : random.rarely(4) && indirectPage < INDIRECT_PAGES ? putIndirect(rule, id) : putDirect(rule, id);
        };
        expected.computeIfAbsent(id, i -> new ArrayList<>()).add(status);
        put++;
    }

    private int putRandom(long id) {
        byte[] bytes = new byte[ring.request(0, 0, 0).length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) random.next();
        }
        bytes[0] = (byte) random.below(8);
        byte[] named = ring.request(bytes[0], id, 0);
        int at = named.length == 112 ? 8 : 4;
        System.arraycopy(named, at, bytes, at, 8);
        ring.put(bytes);
        return ANY;
    }

    private int putDiscard(Break rule, long id) {
        int secure = rule == Break.SECURE_DISCARD ? 1 : 0;
        long sectors = (long) random.below(64) * blockSectors;
        long sector = random.below((int) (disk.sectors() - sectors) / blockSectors) * (long) blockSectors;
        if (rule == Break.DISCARD_HUGE) {
            sectors = random.rarely(2) ? disk.sectors() - sector + blockSectors : random.next() | Long.MIN_VALUE;
        }
        ring.put(ring.discard(secure, id, sector, sectors));
        if (!disk.discard() || secure != 0) {
            return EOPNOTSUPP;
        }
        return rule == Break.DISCARD_HUGE ? ERROR : OKAY;
    }

    private int putDirect(Break rule, long id) {
        int operation = rule == Break.OPERATION ? random.pick(4, 7, 8, 255) : random.pick(0, 0, 0, 1, 1, 1, 2, 3);
        boolean bare = operation == 2 || operation == 3;
        int count = rule == Break.NO_SEGMENT ? 0
                : rule == Break.TOO_MANY_SEGMENTS ? random.between(12, 255)
                : bare && random.rarely(2) ? 0 : random.between(1, 11);
        int[] segments = segments(rule, Math.min(count, 11));
        long sector = sector(rule, segments);
        byte[] request = ring.request(operation, id, sector, segments);
        request[1] = (byte) count;
        ring.put(request);
        if (rule == Break.OPERATION || bare && !disk.flush()) {
            return EOPNOTSUPP;
        }
        if (count == 0) {
            return bare ? OKAY : ERROR;
        }
        return rule == Break.TOO_MANY_SEGMENTS || isBroken(rule, operation == 0) || operation != 0 && disk.readOnly()
                ? ERROR : OKAY;
    }

    private int putIndirect(Break rule, long id) {
        int page = INDIRECT_PAGE + indirectPage;
        indirectPage++;
        int operation = rule == Break.INDIRECT_OPERATION ? random.pick(2, 3, 5, 6, 255) : random.below(2);
        int most = Math.max(1, disk.indirectSegmentsMax());
        int wrong = random.pick(0, most + 1, 512, 513, 65535);
        int right = random.between(1, most);
        int count = rule == Break.INDIRECT_COUNT || rule == Break.TOO_MANY_SEGMENTS || rule == Break.NO_SEGMENT ? wrong
                : right;
        int[] segments = segments(rule, right);
        guest.fill(page, GuestRing.segments(segments));
        int reference = rule == Break.INDIRECT_REFERENCE ? random.pick(-1, revokedGrant, 0) : guest.grant(page);
        // As if there were no such operation.
        boolean unknown = rule == Break.OPERATION;
        byte[] request = ring.indirect(operation, count, id, sector(rule, segments), reference);
        if (unknown) {
            request[0] = 7;
        }
        ring.put(request);
        if (unknown || disk.indirectSegmentsMax() == 0) {
            return EOPNOTSUPP;
        }
        boolean bad = count != right || operation > 1 || reference != guest.grant(page);
        return bad || isBroken(rule, operation == 0) || operation == 1 && disk.readOnly() ? ERROR : OKAY;
    }

    /** Whole pages, so that they are whole blocks whatever these are. */
    private int[] segments(Break rule, int count) {
        int[] segments = new int[count * 3];
        for (int i = 0; i < count; i++) {
            segments[3 * i] = guest.grant(FIRST_PAGE + random.below(PAGES));
            segments[3 * i + 1] = 0;
            segments[3 * i + 2] = 7;
        }
        if (count == 0) {
            return segments;
        }
        int one = 3 * random.below(count);
        if (blockSectors == 1 && random.rarely(2)) {
            segments[one + 1] = random.below(8);
            segments[one + 2] = random.between(segments[one + 1], 7);
        }
        switch (rule) {
            case SEGMENT_BACKWARDS -> {
                segments[one + 2] = random.below(7);
                segments[one + 1] = segments[one + 2] + 1;
            }
            case SEGMENT_BEHIND_PAGE -> segments[one + 2] = random.between(8, 255);
            case REFERENCE_WILD -> segments[one] = random.pick(0, -1, 4095, 1 << 30, Integer.MIN_VALUE);
            case REFERENCE_REVOKED -> segments[one] = revokedGrant;
            case REFERENCE_READ_ONLY -> segments[one] = readOnlyGrant;
            default -> {
            }
        }
        return segments;
    }

    private long sector(Break rule, int[] segments) {
        int sectors = 0;
        for (int i = 0; i < segments.length; i += 3) {
            sectors += segments[i + 2] - segments[i + 1] + 1;
        }
        long last = disk.sectors() - Math.max(0, sectors);
        return switch (rule) {
            case SECTOR_BEHIND_END -> last / blockSectors * blockSectors + blockSectors;
            case SECTOR_HUGE -> random.pick(new Long[] {-8L, Long.MAX_VALUE, Long.MIN_VALUE, disk.sectors() + 8,
                Long.MAX_VALUE - 7});
            case MISALIGNED -> random.below((int) Math.max(1, last / 8)) * 8L + (blockSectors > 1 ? 3 : 0);
            default -> Math.max(0, random.below((int) Math.max(1, last / 8)) * 8L);
        };
    }

    private boolean isBroken(Break rule, boolean read) {
        return switch (rule) {
            case SEGMENT_BACKWARDS, SEGMENT_BEHIND_PAGE, SECTOR_BEHIND_END, SECTOR_HUGE, REFERENCE_WILD,
                    REFERENCE_REVOKED ->
                    true;
            case REFERENCE_READ_ONLY -> read;
            case MISALIGNED -> blockSectors > 1;
            default -> false;
        };
    }

    /** Takes all answers and compares; how many requests were answered well. */
    int collect(DiskService service, boolean scribbled) {
        if (toBeClosed) {
            closed = true;
            if (!scribbled && !isAnyBroken(service)) {
                throw new AssertionError("a ring with a wrong producer index is served");
            }
            return 0;
        }
        int good = 0;
        int answered = 0;
        Response response = ring.poll();
        while (response != null) {
            answered++;
            good += check(response, scribbled) ? 1 : 0;
            if (!scribbled) {
                tally.add("status", Integer.toString(response.status()), 1);
            }
            response = ring.poll();
        }
        boolean broken = isAnyBroken(service);
        if (answered != put && !(scribbled && broken)) {
            throw new AssertionError(answered + " answers to " + put + " requests");
        }
        closed = broken;
        expected.clear();
        return good;
    }

    private static boolean isAnyBroken(DiskService service) {
        for (RingService one : service.rings()) {
            if (one.isBroken()) {
                return true;
            }
        }
        return false;
    }

    private boolean check(Response response, boolean scribbled) {
        if (scribbled) {
            return response.status() == OKAY;
        }
        @Nullable
        List<Integer> statuses = expected.get(response.id());
        if (statuses == null) {
            throw new AssertionError("an answer to nothing: " + response);
        }
        boolean fits = statuses.remove((Integer) response.status()) || statuses.remove((Integer) ANY);
        if (!fits) {
            throw new AssertionError(response + ", expected was one of " + statuses);
        }
        return response.status() == OKAY;
    }
}
