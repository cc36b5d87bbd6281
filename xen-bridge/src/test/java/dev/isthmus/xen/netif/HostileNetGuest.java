package dev.isthmus.xen.netif;

import dev.isthmus.fuzz.FuzzRandom;
import dev.isthmus.fuzz.FuzzTally;
import dev.isthmus.linux.HostMemory;
import java.util.ArrayDeque;

/**
 * Makes packets of which it knows whether they may go on. Each page of a transmit slot begins with a frame of the
 * guest's own; a few hold frames of others.
 */
final class HostileNetGuest {
    /** What is wrong with a packet, or with a ring. */
    enum Break {
        NOTHING, SOURCE_ADDRESS, ARP_SENDER, NEIGHBOR, SIZE_ZERO, SIZE_TINY, SIZE_LIES, OFFSET_BEYOND_PAGE,
        SIZE_BEYOND_PAGE,
        TOO_MANY_SLOTS, REFERENCE_WILD, REFERENCE_REVOKED, GSO_TYPE, GSO_SIZE, GSO_OF_WHAT, EXTRA_TYPE, EXTRA_CHAIN,
        CHECKSUM_OF_WHAT, RANDOM_SLOT, RX_REFERENCE, CHAIN_WITHOUT_END, PRODUCER_FAR_AHEAD, PRODUCER_BACK,
        RX_PRODUCER_FAR_AHEAD
    }

    private static final int OKAY = 0;
    private static final int ERROR = -1;
    private static final int NULL = 1;
    /** Nobody knows. */
    private static final int ANY = 2;

    private final NetGuest guest;
    private final FuzzRandom random;
    private final FuzzTally tally;
    private final int revoked;
    private final int readOnly;
    private final byte[] plain = Frames.fromGuest(0x1234, new byte[500]);
    private final byte[] tcp = Frames.frame(true, true, 1000);
    private final byte[] foreign;
    private final byte[] arp = Frames.fromGuest(0x0806,
            Frames.bytes("0001 0800 0604 0002 525400aabbcc 0a000001 000000000000 0a000002"));
    private final byte[] neighbor = Frames.fromGuest(0x86dd, Frames.ipv6(58, Frames.join(Frames.bytes("88"),
            new byte[23], Frames.bytes("0201525400aabbcc"))));
    private final ArrayDeque<Integer> expected = new ArrayDeque<>();
    private GuestQueue queue;
    private boolean toBeClosed;
    private boolean closed;
    /** Frames that must arrive. */
    private int good;
    /** Nobody knows how many did of these. */
    private int unknown;

    HostileNetGuest(NetGuest guest, FuzzRandom random, FuzzTally tally) {
        this.guest = guest;
        this.random = random;
        this.tally = tally;
        this.foreign = plain.clone();
        System.arraycopy(Frames.OTHER, 0, foreign, 6, 6);
        this.revoked = guest.domain.grant(2, true);
        guest.domain.revoke(revoked);
        this.readOnly = guest.domain.grant(2, false);
        this.queue = guest.queue();
    }

    boolean isClosed() {
        return closed;
    }

    int good() {
        return good;
    }

    int unknown() {
        return unknown;
    }

    /** Fills the transmit ring and offers slots; how many packets. */
    int fill() {
        queue = guest.queues[random.below(guest.queues.length)];
        expected.clear();
        good = 0;
        unknown = 0;
        int packets = 0;
        int room = GuestQueue.SIZE - 40;
        int begin = queue.txProducer;
        int wanted = random.between(1, 60);
        while (packets < wanted && queue.txProducer - begin < room) {
            Break rule = random.rarely(3) ? Break.values()[random.below(Break.RX_REFERENCE.ordinal())] : Break.NOTHING;
            put(rule);
            tally.add(rule);
            packets++;
        }
        queue.pushTx();
        offerSlots();
        if (random.rarely(60)) {
            breakRing();
        }
        return packets;
    }

    private void offerSlots() {
        int room = GuestQueue.SIZE - (queue.rxProducer - queue.rxConsumer);
        for (int left = random.below(room + 1); left > 0; left--) {
            int reference = queue.rxGrants[queue.rxProducer & GuestQueue.SIZE - 1];
            if (random.rarely(20)) {
                tally.add(Break.RX_REFERENCE);
                reference = random.pick(0, -1, 4095, 1 << 30, revoked, readOnly);
            }
            queue.putRx(random.rarely(30) ? random.below(65536) : queue.rxProducer, reference);
        }
        queue.pushRx();
    }

    private void breakRing() {
        Break rule = Break.values()[Break.CHAIN_WITHOUT_END.ordinal() + random.below(4)];
        tally.add(rule);
        toBeClosed = true;
        switch (rule) {
            case CHAIN_WITHOUT_END -> {
                int outstanding = queue.txProducer - queue.txConsumer;
                int slots = random.rarely(2) ? GuestQueue.SIZE - outstanding : random.between(1, 20);
                for (int i = 0; i < slots; i++) {
                    queue.putTx(queue.txGrants[0], 0, 4, 0, 100);
                }
                queue.pushTx();
            }
            case PRODUCER_FAR_AHEAD -> HostMemory.putU32(queue.tx,
                    queue.txConsumer + GuestQueue.SIZE + 1 + random.below(1 << 30));
            case PRODUCER_BACK -> HostMemory.putU32(queue.tx, queue.txConsumer - 1 - random.below(1 << 30));
            default -> HostMemory.putU32(queue.rx, queue.rxConsumer + GuestQueue.SIZE + 1 + random.below(1 << 30));
        }
    }

    private int slot() {
        return queue.txProducer & GuestQueue.SIZE - 1;
    }

    /** A slot with a page that begins with these bytes. */
    private int page(byte[] bytes) {
        HostMemory.copy(bytes, 0, queue.txPage(queue.txProducer), bytes.length);
        return queue.txGrants[slot()];
    }

    private void one(byte[] frame, int flags, int answer) {
        queue.putTx(page(frame), 0, flags, queue.txProducer & 0xffff, frame.length);
        expected.add(answer);
        count(answer);
    }

    private void count(int answer) {
        good += answer == OKAY ? 1 : 0;
        unknown += answer == ANY ? 1 : 0;
    }

    private void put(Break rule) {
        switch (rule) {
            case NOTHING -> putGood();
            case SOURCE_ADDRESS -> one(foreign, 0, ERROR);
            case ARP_SENDER -> one(arp, 0, ERROR);
            case NEIGHBOR -> one(neighbor, 0, ERROR);
            case SIZE_ZERO -> raw(page(plain), 0, 0, 0);
            case SIZE_TINY -> raw(page(plain), 0, 0, random.below(14));
            case SIZE_LIES -> chain(2 + random.below(5), 50, random.between(14, 50), ERROR);
            case OFFSET_BEYOND_PAGE -> raw(page(plain), random.between(3997, 65535), 0, 100);
            case SIZE_BEYOND_PAGE -> raw(page(plain), 0, 0, random.between(4097, 65535));
            case TOO_MANY_SLOTS -> {
                int slots = random.between(19, 30);
                chain(slots, 60, slots * 60, ERROR);
            }
            case REFERENCE_WILD -> raw(random.pick(0, -1, 4095, 1 << 30, Integer.MIN_VALUE), 0, 0, 100);
            case REFERENCE_REVOKED -> raw(revoked, 0, 0, 100);
            case GSO_TYPE -> gso(random.pick(0, 3, 255), 1448);
            case GSO_SIZE -> gso(1, 0);
            case GSO_OF_WHAT -> gso(2, 1448);
            case EXTRA_TYPE -> extras(1, random.pick(0, 2, 3, 5, 200));
            case EXTRA_CHAIN -> extras(random.between(2, 20), random.pick(0, 3, 255));
            case CHECKSUM_OF_WHAT -> one(plain, 1, ERROR);
            default -> putRandom();
        }
    }

    private void putGood() {
        int kind = random.below(4);
        if (kind == 0) {
            gso(1, random.between(1, 65535));
        } else if (kind == 1) {
            int slots = random.between(2, 18);
            chain(slots, 60, slots * 60, OKAY);
        } else {
            one(kind == 2 ? tcp : plain, kind == 2 ? 1 : 0, OKAY);
        }
    }

    private void raw(int reference, int offset, int flags, int size) {
        queue.putTx(reference, offset, flags, queue.txProducer & 0xffff, size);
        expected.add(ERROR);
    }

    private void chain(int slots, int size, int whole, int answer) {
        for (int i = 0; i < slots; i++) {
            queue.putTx(page(plain), 0, i < slots - 1 ? 4 : 0, queue.txProducer & 0xffff, i == 0 ? whole : size);
            expected.add(answer);
        }
        count(answer);
    }

    private void gso(int type, int size) {
        int answer = type == 1 && size > 0 ? OKAY : ERROR;
        queue.putTx(page(tcp), 0, 1 | 8, queue.txProducer & 0xffff, tcp.length);
        queue.putExtra(1, 0, size, type);
        expected.add(answer);
        expected.add(NULL);
        count(answer);
    }

    private void extras(int count, int type) {
        queue.putTx(page(plain), 0, 8, queue.txProducer & 0xffff, plain.length);
        expected.add(ERROR);
        for (int i = 0; i < count; i++) {
            queue.putExtra(type, i < count - 1 ? 1 : 0, random.below(65536), random.below(256));
            expected.add(NULL);
        }
    }

    /** All but whether something follows. */
    private void putRandom() {
        long slot = queue.txSlot(queue.txProducer++);
        for (int i = 0; i < 12; i++) {
            HostMemory.putU8(slot + i, random.below(256));
        }
        HostMemory.putU16(slot + 6, random.below(65536) & ~12);
        expected.add(ANY);
        count(ANY);
    }

    /** Takes all answers and compares. */
    void collect(CardService service, boolean scribbled) {
        boolean broken = service.fault() != null;
        if (toBeClosed || broken) {
            closed = true;
            if (!broken && !scribbled) {
                throw new AssertionError("a ring that is broken is served");
            }
            return;
        }
        int first = queue.txConsumer;
        for (GuestQueue.Sent sent = queue.pollTx(); sent != null; sent = queue.pollTx()) {
            Integer status = expected.poll();
            if (scribbled) {
                continue;
            }
            boolean random0 = status != null && status == ANY;
            boolean fits = status != null && (random0 || sent.status() == status);
            if (!fits || !random0 && status != NULL && sent.id() != (queue.txConsumer - 1 & 0xffff)) {
                throw new AssertionError("slot " + (queue.txConsumer - 1 - first) + ": " + sent + ", expected "
                        + status);
            }
        }
        if (!expected.isEmpty()) {
            throw new AssertionError(expected.size() + " slots without an answer");
        }
        // Responses in the receive ring: as many as are there, none beyond what was offered.
        int arrived = queue.arrived();
        if (arrived < 0 || arrived > queue.rxProducer - queue.rxConsumer) {
            throw new AssertionError(arrived + " answers in the receive ring");
        }
        queue.rxConsumer += arrived;
    }
}
