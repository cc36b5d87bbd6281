package dev.isthmus.xen.blkif;

import dev.isthmus.linux.HostMemory;
import dev.isthmus.xen.FakeDomain;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * A guest's side of a block ring. Every offset is written down anew from {@code public/io/blkif.h} and {@code ring.h},
 * so that a wrong constant of ours does not cancel out.
 */
final class GuestRing {
    private static final long PATIENCE_MILLIS = 20_000;

    final FakeDomain domain;
    final int port;
    final long page;
    final int[] references;
    private final boolean wide;
    private final int entryBytes;
    private final int size;
    private final int pages;
    private int requestProducer;
    private int responseConsumer;

    /** As it came. */
    record Response(long id, int operation, int status) {
    }

    /** @param firstPage of the ring, zeroed */
    GuestRing(FakeDomain domain, BlkifProtocol protocol, int firstPage, int pages) {
        this.domain = domain;
        this.port = domain.allocatePort();
        this.page = domain.page(firstPage);
        this.references = domain.grantAll(firstPage, pages);
        this.wide = protocol != BlkifProtocol.X86_32;
        this.entryBytes = wide ? 112 : 108;
        int fits = (pages * 4096 - 64) / entryBytes;
        int power = 1;
        while (power * 2 <= fits) {
            power *= 2;
        }
        this.size = power;
        this.pages = pages;
        reset();
    }

    /** As a guest does before it connects: XEN_FRONT_RING_INIT. */
    void reset() {
        HostMemory.zero(page, pages * 4096L);
        HostMemory.putU32(page + 4, 1);
        HostMemory.putU32(page + 12, 1);
        requestProducer = 0;
        responseConsumer = 0;
    }

    BlkifRing described() {
        return new BlkifRing(references, port);
    }

    int size() {
        return size;
    }

    /** Requests that were put and not answered. */
    int outstanding() {
        return requestProducer - responseConsumer;
    }

    private ByteBuffer request(int operation, int second, long id, long sector) {
        ByteBuffer request = ByteBuffer.allocate(entryBytes).order(ByteOrder.LITTLE_ENDIAN);
        request.put(0, (byte) operation).put(1, (byte) second);
        request.putLong(wide ? 8 : 4, id).putLong(wide ? 16 : 12, sector);
        return request;
    }

    /** @param segments reference, first sector, last sector of each */
    byte[] request(int operation, long id, long sector, int... segments) {
        ByteBuffer request = request(operation, segments.length / 3, id, sector);
        request.position(wide ? 24 : 20);
        putSegments(request, segments);
        return request.array();
    }

    byte[] indirect(int operation, int count, long id, long sector, int reference) {
        return request(6, operation, id, sector).putShort(2, (short) count).putInt(wide ? 28 : 24, reference).array();
    }

    byte[] discard(int flag, long id, long sector, long sectors) {
        return request(5, flag, id, sector).putLong(wide ? 24 : 20, sectors).array();
    }

    /** What an indirect page holds. */
    static byte[] segments(int... segments) {
        ByteBuffer page = ByteBuffer.allocate(segments.length / 3 * 8).order(ByteOrder.LITTLE_ENDIAN);
        putSegments(page, segments);
        return page.array();
    }

    private static void putSegments(ByteBuffer to, int... segments) {
        for (int i = 0; i < segments.length; i += 3) {
            to.putInt(segments[i]).put((byte) segments[i + 1]).put((byte) segments[i + 2]).putShort((short) 0);
        }
    }

    /** Puts a request into the ring; the other side sees it with the next {@link #push}. */
    void put(byte[] request) {
        if (outstanding() == size) {
            throw new IllegalStateException("the ring is full");
        }
        HostMemory.copy(request, 0, entry(requestProducer), request.length);
        requestProducer++;
    }

    long entry(int index) {
        return page + 64 + (long) (index % size & size - 1) * entryBytes;
    }

    /** RING_PUSH_REQUESTS_AND_CHECK_NOTIFY, and the event if it is wanted. */
    void push() {
        int old = (int) HostMemory.u32(page);
        HostMemory.putU32Release(page, requestProducer);
        VarHandle.fullFence();
        int wish = (int) HostMemory.u32(page + 4);
        if (Integer.compareUnsigned(requestProducer - wish, requestProducer - old) < 0) {
            domain.signal(port);
        }
    }

    /** Puts, pushes and waits for the answer. */
    Response execute(byte[] request) throws InterruptedException {
        put(request);
        push();
        return await();
    }

    /** The next response, if there is one. */
    @Nullable
    Response poll() {
        if (HostMemory.u32Acquire(page + 8) == Integer.toUnsignedLong(responseConsumer)) {
            return null;
        }
        long entry = entry(responseConsumer);
        responseConsumer++;
        return new Response(HostMemory.u64(entry), HostMemory.u8(entry + 8), (short) HostMemory.u16(entry + 10));
    }

    /** Asks for an event with the next response: RING_FINAL_CHECK_FOR_RESPONSES. */
    void askForEvent() {
        HostMemory.putU32(page + 12, responseConsumer + 1);
        VarHandle.fullFence();
    }

    /** The next response, for which it asks to be notified. */
    Response await() throws InterruptedException {
        long begin = System.nanoTime();
        while (true) {
            long events = domain.events(port);
            Response response = poll();
            if (response == null) {
                askForEvent();
                response = poll();
            }
            if (response != null) {
                return response;
            }
            if (System.nanoTime() - begin > PATIENCE_MILLIS * 1_000_000) {
                throw new AssertionError("no response; " + outstanding() + " requests are outstanding");
            }
            domain.awaitEvents(port, events, PATIENCE_MILLIS);
        }
    }
}
