package dev.isthmus.blk.store;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * A bounded queue for any number of producers and consumers, without locks and without allocation.
 *
 * <p>Every place carries a number that says whose turn it is: {@code position} when it can be filled for the
 * position-th time round, {@code position + 1} when it can be emptied (the bounded queue of Dmitry Vyukov,
 * 1024cores.net).
 *
 * <pre>
 *   turn == tail          free: a producer that moves tail on owns it
 *   turn == head + 1      full: a consumer that moves head on owns it
 *   anything smaller      the ring is full / empty, or the other side has not finished this place
 * </pre>
 */
final class RequestRing {
    private final @Nullable StoreRequest[] places;
    private final AtomicLongArray turns;
    private final int mask;
    private final AtomicLong tail = new AtomicLong();
    private final AtomicLong head = new AtomicLong();

    /** {@code capacity} is a power of two, and not one: "full" and "free next time round" would be the same number. */
    RequestRing(int capacity) {
        if (Integer.bitCount(capacity) != 1 || capacity == 1) {
            throw new IllegalArgumentException("capacity of " + capacity);
        }
        places = new StoreRequest[capacity];
        turns = new AtomicLongArray(capacity);
        mask = capacity - 1;
        for (int i = 0; i < capacity; i++) {
            turns.set(i, i);
        }
    }

    /** Whether there was room. */
    boolean offer(StoreRequest request) {
        long position = tail.get();
        while (true) {
            int place = (int) position & mask;
            // Acquire: partner of the release in poll(), which emptied the place.
            long turn = turns.getAcquire(place);
            if (turn == position) {
                if (tail.compareAndSet(position, position + 1)) {
                    places[place] = request;
                    // Release: whoever sees the turn sees the request and everything its producer wrote into it.
                    turns.setRelease(place, position + 1);
                    return true;
                }
            } else if (turn < position) {
                return false;
            }
            position = tail.get();
        }
    }

    /**
     * The oldest request; null when there is none, or when its producer has not finished: that one wakes a consumer
     * afterwards.
     */
    @Nullable
    StoreRequest poll() {
        long position = head.get();
        while (true) {
            int place = (int) position & mask;
            // Acquire: partner of the release in offer().
            long turn = turns.getAcquire(place);
            if (turn == position + 1) {
                if (head.compareAndSet(position, position + 1)) {
                    StoreRequest request = places[place];
                    places[place] = null;
                    // Release: whoever sees the turn may overwrite the place.
                    turns.setRelease(place, position + mask + 1);
                    return request;
                }
            } else if (turn < position + 1) {
                return null;
            }
            position = head.get();
        }
    }

    /** A guess when others are at work. */
    boolean isEmpty() {
        return head.get() >= tail.get();
    }
}
