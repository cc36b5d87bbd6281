package dev.isthmus.xen.blkif;

import dev.isthmus.linux.HostMemory;

/**
 * What of one ring a successor of this process must know: which requests were taken and not answered. Responses
 * overwrite requests in the ring, so that they can be read nowhere else. Hot; the worker's alone.
 *
 * <pre>
 *   consumer u32          requests below it were taken
 *   entries, 128 bytes    0 the request   112 its index   116 state   120 index of its response
 *
 *            taken             answered             released
 *   FREE ───────────► TAKEN ───────────► ANSWERED ───────────► FREE
 *                                              ▲
 *                              the response is published between these
 * </pre>
 *
 * <p>The process may end between any two stores. Those of a request come before its state, its state before the
 * consumer, and ANSWERED before the response is published: so an entry whose index is not below the consumer was not
 * taken, and one that is ANSWERED is known to the guest if its response is below the ring's response index.
 */
final class RingJournal {
    static final int ENTRY_BYTES = 128;
    private static final int INDEX = RequestLayout.REQUEST_BYTES_MAX;
    private static final int STATE = 116;
    private static final int RESPONSE = 120;

    private static final int FREE = 0;
    private static final int TAKEN = 1;
    private static final int ANSWERED = 2;

    private final long consumer;
    private final long entries;
    private final int size;

    /**
     * @param consumer address of the consumer index, aligned
     * @param entries address of the entries, aligned
     */
    RingJournal(long consumer, long entries, int size) {
        this.consumer = consumer;
        this.entries = entries;
        this.size = size;
    }

    int consumer() {
        return (int) HostMemory.u32(consumer);
    }

    int size() {
        return size;
    }

    /** Where the request of a slot is to be copied to, and stays. */
    long request(int slot) {
        return entries + (long) slot * ENTRY_BYTES;
    }

    /** The request that was copied there is the one of this index; it is ours from now on. */
    void taken(int slot, int index) {
        long entry = request(slot);
        HostMemory.putU32(entry + INDEX, index);
        HostMemory.putU32Release(entry + STATE, TAKEN);
        HostMemory.putU32Release(consumer, index + 1);
    }

    /** Known from a predecessor, and unanswered: as if it was just taken. */
    void takenAgain(int slot) {
        HostMemory.putU32Release(request(slot) + STATE, TAKEN);
    }

    /** The response was written and is about to be published. */
    void answered(int slot, int response) {
        long entry = request(slot);
        HostMemory.putU32(entry + RESPONSE, response);
        HostMemory.putU32Release(entry + STATE, ANSWERED);
    }

    /** The response was published. */
    void release(int slot) {
        HostMemory.putU32Release(request(slot) + STATE, FREE);
    }

    /** As for a ring that was never used. */
    void clear() {
        for (int slot = 0; slot < size; slot++) {
            release(slot);
        }
        HostMemory.putU32Release(consumer, 0);
    }

    int index(int slot) {
        return (int) HostMemory.u32(request(slot) + INDEX);
    }

    /** Whether the guest waits for this request, if so many responses are published. */
    boolean isUnanswered(int slot, int responses) {
        int state = (int) HostMemory.u32Acquire(request(slot) + STATE);
        if (index(slot) - consumer() >= 0) {
            return false;
        }
        int response = (int) HostMemory.u32(request(slot) + RESPONSE);
        return state == TAKEN || state == ANSWERED && response - responses >= 0;
    }
}
