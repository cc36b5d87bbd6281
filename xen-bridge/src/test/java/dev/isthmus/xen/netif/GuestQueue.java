package dev.isthmus.xen.netif;

import dev.isthmus.linux.HostMemory;
import dev.isthmus.xen.FakeDomain;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A guest's side of one queue. Every offset is written down anew from {@code public/io/netif.h} and {@code ring.h}, so
 * that a wrong constant of ours does not cancel out. Slot N of a ring has a page of its own.
 */
final class GuestQueue {
    static final int SIZE = 256;
    static final int PAGES = 2 + 2 * SIZE;
    private static final long PATIENCE_MILLIS = 20_000;

    final FakeDomain domain;
    final long tx;
    final long rx;
    final int txPort;
    final int rxPort;
    final int txReference;
    final int rxReference;
    final int[] txGrants;
    final int[] rxGrants;
    private final int firstPage;
    int txProducer;
    int txConsumer;
    int rxProducer;
    int rxConsumer;

    /** Answer to a transmit slot. */
    record Sent(int id, int status) {
    }

    /** What came: a frame, or an error. */
    record Received(byte[] frame, int flags, int gsoType, int gsoSize, int slots, int status) {
    }

    GuestQueue(FakeDomain domain, int firstPage, boolean split) {
        this.domain = domain;
        this.firstPage = firstPage;
        this.tx = domain.page(firstPage);
        this.rx = domain.page(firstPage + 1);
        this.txPort = domain.allocatePort();
        this.rxPort = split ? domain.allocatePort() : txPort;
        this.txReference = domain.grant(firstPage, true);
        this.rxReference = domain.grant(firstPage + 1, true);
        this.txGrants = domain.grantAll(firstPage + 2, SIZE);
        this.rxGrants = domain.grantAll(firstPage + 2 + SIZE, SIZE);
        reset();
    }

    /** As a guest does before it connects: FRONT_RING_INIT. */
    void reset() {
        for (long page : new long[] {tx, rx}) {
            HostMemory.zero(page, 4096);
            HostMemory.putU32(page + 4, 1);
            HostMemory.putU32(page + 12, 1);
        }
        txProducer = 0;
        txConsumer = 0;
        rxProducer = 0;
        rxConsumer = 0;
    }

    NetifQueue described() {
        return new NetifQueue(txReference, rxReference, txPort, rxPort);
    }

    long txPage(int slot) {
        return domain.page(firstPage + 2 + (slot & SIZE - 1));
    }

    long rxPage(int slot) {
        return domain.page(firstPage + 2 + SIZE + (slot & SIZE - 1));
    }

    long txSlot(int index) {
        return tx + 64 + (index & SIZE - 1) * 12L;
    }

    long rxSlot(int index) {
        return rx + 64 + (index & SIZE - 1) * 8L;
    }

    /** Puts a transmit slot; the other side sees it with the next {@link #pushTx}. */
    void putTx(int reference, int offset, int flags, int id, int size) {
        long slot = txSlot(txProducer++);
        HostMemory.putU32(slot, reference);
        HostMemory.putU16(slot + 4, offset);
        HostMemory.putU16(slot + 6, flags);
        HostMemory.putU16(slot + 8, id);
        HostMemory.putU16(slot + 10, size);
    }

    void putExtra(int type, int flags, int gsoSize, int gsoType) {
        long slot = txSlot(txProducer++);
        HostMemory.putU8(slot, type);
        HostMemory.putU8(slot + 1, flags);
        HostMemory.putU16(slot + 2, gsoSize);
        HostMemory.putU8(slot + 4, gsoType);
        HostMemory.putU8(slot + 5, 0);
        HostMemory.putU16(slot + 6, 0);
    }

    /**
     * Puts a frame in pieces.
     *
     * @param flags of the first slot but for more_data and extra_info
     * @param gsoType 0: no extra info
     * @param lengths of the pieces; none: pages full, but the first of 100 bytes when there are several
     * @return slots
     */
    int putFrame(byte[] frame, int flags, int gsoType, int gsoSize, int... lengths) {
        int[] pieces = lengths.length > 0 ? lengths : pieces(frame.length);
        int at = 0;
        int begin = txProducer;
        for (int i = 0; i < pieces.length; i++) {
            int offset = Math.min(4096 - pieces[i], 64 * i % 256);
            int more = i < pieces.length - 1 ? 4 : 0;
            HostMemory.copy(Arrays.copyOfRange(frame, at, at + pieces[i]), 0, txPage(txProducer) + offset, pieces[i]);
            at += pieces[i];
            int first = i == 0 ? flags | (gsoType != 0 ? 8 : 0) : 0;
            int reference = txGrants[txProducer & SIZE - 1];
            putTx(reference, offset, more | first, txProducer & 0xffff, i == 0 ? frame.length : pieces[i]);
            if (i == 0 && gsoType != 0) {
                putExtra(1, 0, gsoSize, gsoType);
            }
        }
        return txProducer - begin;
    }

    private static int[] pieces(int length) {
        if (length <= 4096) {
            return new int[] {length};
        }
        List<Integer> pieces = new ArrayList<>(List.of(100));
        for (int left = length - 100; left > 0; left -= Math.min(left, 4096)) {
            pieces.add(Math.min(left, 4096));
        }
        return pieces.stream().mapToInt(Integer::intValue).toArray();
    }

    private void push(long page, int producer, int port) {
        int old = (int) HostMemory.u32(page);
        HostMemory.putU32Release(page, producer);
        VarHandle.fullFence();
        int wish = (int) HostMemory.u32(page + 4);
        if (Integer.compareUnsigned(producer - wish, producer - old) < 0) {
            domain.signal(port);
        }
    }

    void pushTx() {
        push(tx, txProducer, txPort);
    }

    void pushRx() {
        push(rx, rxProducer, rxPort);
    }

    @Nullable
    Sent pollTx() {
        if (HostMemory.u32Acquire(tx + 8) == Integer.toUnsignedLong(txConsumer)) {
            return null;
        }
        long slot = txSlot(txConsumer++);
        return new Sent(HostMemory.u16(slot), (short) HostMemory.u16(slot + 2));
    }

    /** Statuses of all that was answered. */
    List<Integer> answers() {
        List<Integer> statuses = new ArrayList<>();
        for (Sent sent = pollTx(); sent != null; sent = pollTx()) {
            statuses.add(sent.status());
        }
        return statuses;
    }

    /** Offers so many more slots. */
    void offer(int slots) {
        for (int i = 0; i < slots; i++) {
            putRx(rxProducer & 0xffff, rxGrants[rxProducer & SIZE - 1]);
        }
        pushRx();
    }

    void putRx(int id, int reference) {
        long slot = rxSlot(rxProducer++);
        HostMemory.putU16(slot, id);
        HostMemory.putU16(slot + 2, 0);
        HostMemory.putU32(slot + 4, reference);
    }

    /** Responses that are there. */
    int arrived() {
        return (int) HostMemory.u32Acquire(rx + 8) - rxConsumer;
    }

    /** The next frame, if there is one; it must be there as a whole. */
    @Nullable
    Received pollRx() {
        if (arrived() == 0) {
            return null;
        }
        int begin = rxConsumer;
        long first = rxSlot(rxConsumer);
        int flags = HostMemory.u16(first + 4);
        int status = (short) HostMemory.u16(first + 6);
        if (status < 0) {
            int id = HostMemory.u16(first);
            rxConsumer++;
            return new Received(new byte[0], flags, 0, 0, id, status);
        }
        byte[] frame = new byte[65536];
        int length = 0;
        int gsoType = 0;
        int gsoSize = 0;
        boolean more = true;
        boolean extra = (flags & 8) != 0;
        while (more) {
            if (arrived() == 0) {
                throw new AssertionError("a part of a frame");
            }
            long slot = rxSlot(rxConsumer);
            if (HostMemory.u16(slot) != (rxConsumer & 0xffff)) {
                throw new AssertionError("response " + rxConsumer + " has id " + HostMemory.u16(slot));
            }
            int bytes = HostMemory.u16(slot + 6);
            HostMemory.copy(rxPage(rxConsumer) + HostMemory.u16(slot + 2), frame, length, bytes);
            length += bytes;
            more = (HostMemory.u16(slot + 4) & 4) != 0;
            rxConsumer++;
            if (extra) {
                long info = rxSlot(rxConsumer++);
                gsoSize = HostMemory.u16(info + 2);
                gsoType = HostMemory.u8(info + 4);
                extra = HostMemory.u8(info) != 1 || HostMemory.u8(info + 1) != 0;
            }
        }
        return new Received(Arrays.copyOf(frame, length), flags, gsoType, gsoSize, rxConsumer - begin, 0);
    }

    /** Asks for an event with the next response: RING_FINAL_CHECK_FOR_RESPONSES. */
    void askForEvents() {
        HostMemory.putU32(tx + 12, txConsumer + 1);
        HostMemory.putU32(rx + 12, rxConsumer + 1);
        VarHandle.fullFence();
    }

    /** The next frame, for which it asks to be notified. */
    Received awaitRx() throws InterruptedException {
        long begin = System.nanoTime();
        while (System.nanoTime() - begin < PATIENCE_MILLIS * 1_000_000) {
            long events = domain.events(rxPort);
            askForEvents();
            Received received = pollRx();
            if (received != null) {
                return received;
            }
            domain.awaitEvents(rxPort, events, PATIENCE_MILLIS);
        }
        throw new AssertionError("nothing was received");
    }

    /** Waits until all that was sent is answered. */
    List<Integer> awaitTx() throws InterruptedException {
        List<Integer> statuses = new ArrayList<>();
        long begin = System.nanoTime();
        while (txConsumer != txProducer) {
            if (System.nanoTime() - begin > PATIENCE_MILLIS * 1_000_000) {
                throw new AssertionError(txProducer - txConsumer + " slots are not answered");
            }
            long events = domain.events(txPort);
            askForEvents();
            List<Integer> more = answers();
            statuses.addAll(more);
            if (more.isEmpty()) {
                domain.awaitEvents(txPort, events, PATIENCE_MILLIS);
            }
        }
        return statuses;
    }
}
