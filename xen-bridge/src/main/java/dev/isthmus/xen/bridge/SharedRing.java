package dev.isthmus.xen.bridge;

import dev.isthmus.linux.HostMemory;
import dev.isthmus.xen.GrantTable;
import java.lang.invoke.VarHandle;

/**
 * The back-end's side of a ring: {@code public/io/ring.h}. Hot; the worker's alone. Indexes are free-running u32.
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
 * <p>The guest can change all of it at any time: indexes are read once and checked, and so is an entry to be.
 */
public final class SharedRing {
    /** {@link #pending}: the guest's producer index cannot be right. */
    public static final int BROKEN = -1;

    private static final int REQUEST_PRODUCER = 0;
    private static final int REQUEST_EVENT = 4;
    private static final int RESPONSE_PRODUCER = 8;
    private static final int RESPONSE_EVENT = 12;
    private static final int ENTRIES = 64;

    private final long address;
    private final int entryBytes;
    private final int size;

    private int requestConsumer;
    private int responseProducer;
    private int publishedResponses;
    /** As the guest's was when it was last looked at. */
    private int producer;

    /**
     * @param address of its first page, mapped one after another
     * @param entryBytes of a request or a response, whichever is larger
     */
    public SharedRing(long address, int pages, int entryBytes) {
        this.address = address;
        this.entryBytes = entryBytes;
        this.size = entries(pages, entryBytes);
    }

    /** The largest power of two that fits. */
    public static int entries(int pages, int entryBytes) {
        return Integer.highestOneBit((pages * GrantTable.PAGE_BYTES - ENTRIES) / entryBytes);
    }

    /**
     * Where to go on.
     *
     * @param consumer of requests
     * @param responses that were published
     */
    public void begin(int consumer, int responses) {
        requestConsumer = consumer;
        responseProducer = responses;
        publishedResponses = responses;
    }

    public int size() {
        return size;
    }

    /** The response index as it is in the ring: whoever could write it was our predecessor, or the guest. */
    public int responsesInRing() {
        return (int) HostMemory.u32(address + RESPONSE_PRODUCER);
    }

    public int requestConsumer() {
        return requestConsumer;
    }

    /** Index of the next response. */
    public int responseProducer() {
        return responseProducer;
    }

    /** Requests that wait to be taken, or {@link #BROKEN}. */
    public int pending() {
        // Acquire: pairs with the guest's write barrier between entries and index (RING_PUSH_REQUESTS).
        producer = (int) HostMemory.u32Acquire(address + REQUEST_PRODUCER);
        int inFlight = requestConsumer - responseProducer;
        int outstanding = producer - responseProducer;
        // Unsigned, so that a producer behind the consumer is one that is far ahead.
        if (Integer.compareUnsigned(outstanding, size) > 0 || outstanding < inFlight) {
            return BROKEN;
        }
        return outstanding - inFlight;
    }

    /** The next request, which {@link #pending} announced; its entry may become a response afterwards. */
    public long requestEntry() {
        return entry(requestConsumer);
    }

    public void consume() {
        requestConsumer++;
    }

    /** Where the next response is to be written. */
    public long responseEntry() {
        return entry(responseProducer);
    }

    /** The response is written; the guest sees it with the next {@link #publish}. */
    public void respond() {
        responseProducer++;
    }

    /** Shows the guest all responses; whether it wants an event: RING_PUSH_RESPONSES_AND_CHECK_NOTIFY. */
    public boolean publish() {
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
    public void askForEvent() {
        HostMemory.putU32(address + REQUEST_EVENT, requestConsumer + 1);
        // Our wish before the guest's index; pairs with its barrier between writing the index and reading our wish
        // (RING_PUSH_REQUESTS_AND_CHECK_NOTIFY).
        VarHandle.fullFence();
    }

    /** Asks for an event with the first request that was not there at the last {@link #pending}; whether it is now. */
    public boolean askForMore() {
        HostMemory.putU32(address + REQUEST_EVENT, producer + 1);
        // As in askForEvent.
        VarHandle.fullFence();
        return (int) HostMemory.u32(address + REQUEST_PRODUCER) != producer;
    }

    /** Of the entry a request or response of this index has. */
    public long entry(int index) {
        return address + ENTRIES + (long) (index & size - 1) * entryBytes;
    }
}
