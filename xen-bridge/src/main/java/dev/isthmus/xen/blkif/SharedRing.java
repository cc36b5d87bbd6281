package dev.isthmus.xen.blkif;

import dev.isthmus.linux.HostMemory;
import dev.isthmus.xen.GrantTable;
import java.lang.invoke.VarHandle;

/**
 * The back-end's side of a block ring: {@code public/io/ring.h}. Hot; the worker's alone. Indexes are free-running u32.
 *
 * <pre>
 *    0 req_prod   guest writes      8 rsp_prod    we write
 *    4 req_event  we write         12 rsp_event   guest writes
 *   64 entries: a request, and later in some entry a response
 *
 *   rsp_prod ≤ req_cons ≤ req_prod ≤ rsp_prod + entries
 *            in flight   pending
 * </pre>
 *
 * <p>The guest can change all of it at any time: indexes are read once and checked, an entry is copied once.
 */
final class SharedRing {
    static final int SECTOR_BYTES = 512;

    /** {@link #pending}: the guest's producer index cannot be right. */
    static final int BROKEN = -1;

    static final int REQUEST_PRODUCER = 0;
    static final int REQUEST_EVENT = 4;
    static final int RESPONSE_PRODUCER = 8;
    static final int RESPONSE_EVENT = 12;
    static final int ENTRIES = 64;

    private final long address;
    private final RequestLayout layout;
    private final int size;

    private int requestConsumer;
    private int responseProducer;
    private int publishedResponses;

    /** @param address of its first page, mapped one after another */
    SharedRing(long address, int pages, RequestLayout layout) {
        this.address = address;
        this.layout = layout;
        this.size = entries(pages, layout);
    }

    /** The largest power of two that fits. */
    static int entries(int pages, RequestLayout layout) {
        return Integer.highestOneBit((pages * GrantTable.PAGE_BYTES - ENTRIES) / layout.entryBytes);
    }

    /**
     * Where to go on.
     *
     * @param consumer of requests
     * @param responses that were published
     */
    void begin(int consumer, int responses) {
        requestConsumer = consumer;
        responseProducer = responses;
        publishedResponses = responses;
    }

    int size() {
        return size;
    }

    /** The response index as it is in the ring: whoever could write it was our predecessor, or the guest. */
    int responsesInRing() {
        return (int) HostMemory.u32(address + RESPONSE_PRODUCER);
    }

    int requestConsumer() {
        return requestConsumer;
    }

    /** Index of the next response. */
    int responseProducer() {
        return responseProducer;
    }

    /** Requests that wait to be taken, or {@link #BROKEN}. */
    int pending() {
        // Acquire: pairs with the guest's write barrier between entries and index (RING_PUSH_REQUESTS).
        int producer = (int) HostMemory.u32Acquire(address + REQUEST_PRODUCER);
        int inFlight = requestConsumer - responseProducer;
        int outstanding = producer - responseProducer;
        // Unsigned, so that a producer behind the consumer is one that is far ahead.
        if (Integer.compareUnsigned(outstanding, size) > 0 || outstanding < inFlight) {
            return BROKEN;
        }
        return outstanding - inFlight;
    }

    /** Copies the next request, which {@link #pending} announced; the entry may become a response afterwards. */
    void copyRequest(long to) {
        HostMemory.copy(entry(requestConsumer), to, layout.entryBytes);
    }

    void consume() {
        requestConsumer++;
    }

    /** Writes a response, which the guest sees with the next {@link #publish}. */
    void putResponse(long id, int operation, int status) {
        long entry = entry(responseProducer);
        HostMemory.putU64(entry + RequestLayout.RESPONSE_ID, id);
        HostMemory.putU8(entry + RequestLayout.RESPONSE_OPERATION, operation);
        HostMemory.putU16(entry + RequestLayout.RESPONSE_STATUS, status);
        responseProducer++;
    }

    /** Shows the guest all responses; whether it wants an event: RING_PUSH_RESPONSES_AND_CHECK_NOTIFY. */
    boolean publish() {
        int old = publishedResponses;
        publishedResponses = responseProducer;
        // Release: pairs with the guest's read barrier between index and entries.
        HostMemory.putU32Release(address + RESPONSE_PRODUCER, publishedResponses);
        // Index before the guest's wish; pairs with its barrier between writing the wish and reading the index
        // (RING_FINAL_CHECK_FOR_RESPONSES).
        VarHandle.fullFence();
        int wish = (int) HostMemory.u32(address + RESPONSE_EVENT);
        return needEvent(wish, publishedResponses, old);
    }

    static boolean needEvent(int wish, int now, int old) {
        return Integer.compareUnsigned(now - wish, now - old) < 0;
    }

    /** Asks for an event with the next request: RING_FINAL_CHECK_FOR_REQUESTS. Look at {@link #pending} afterwards. */
    void askForEvent() {
        HostMemory.putU32(address + REQUEST_EVENT, requestConsumer + 1);
        // Our wish before the guest's index; pairs with its barrier between writing the index and reading our wish
        // (RING_PUSH_REQUESTS_AND_CHECK_NOTIFY).
        VarHandle.fullFence();
    }

    private long entry(int index) {
        return address + ENTRIES + (long) (index & size - 1) * layout.entryBytes;
    }
}
