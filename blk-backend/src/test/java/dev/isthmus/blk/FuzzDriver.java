package dev.isthmus.blk;

import dev.isthmus.fuzz.FuzzGuest;
import dev.isthmus.vhostuser.FakeRing;

/** Which descriptors are whose: the driver's own memory, which no scribbling reaches. */
final class FuzzDriver {
    private final FakeRing ring;
    private final boolean scribbled;
    private final int[] free;
    /** How many descriptors a head in flight has; 0: not in flight. */
    private final int[] held;
    private final int[][] chainOf;
    private int freeCount;
    private int outstanding;

    FuzzDriver(FakeRing ring, boolean scribbled) {
        this.ring = ring;
        this.scribbled = scribbled;
        this.free = new int[ring.size()];
        this.held = new int[ring.size()];
        this.chainOf = new int[ring.size()][];
        this.freeCount = ring.size();
        for (int i = 0; i < free.length; i++) {
            free[i] = free.length - 1 - i;
        }
    }

    FakeRing ring() {
        return ring;
    }

    int freeCount() {
        return freeCount;
    }

    int outstanding() {
        return outstanding;
    }

    /** The unused descriptors, the first {@link #freeCount} of these. */
    int[] free() {
        int[] first = new int[freeCount];
        for (int i = 0; i < freeCount; i++) {
            first[i] = free[freeCount - 1 - i];
        }
        return first;
    }

    /** Makes the chain available that begins with the first of {@link #free} and has {@code count} descriptors. */
    int offer(int count) {
        int head = free[freeCount - 1];
        int[] chain = new int[count];
        for (int i = 0; i < count; i++) {
            chain[i] = free[--freeCount];
        }
        chainOf[head] = chain;
        held[head] = count;
        outstanding++;
        ring.offer(head);
        return head;
    }

    /** A sound FLUSH; returns its head. */
    int offerFlush(FuzzGuest guest, FuzzExpectation expected) {
        int[] unused = free();
        long place = FuzzGuest.TABLES + 1024L * unused[0];
        guest.tables.putU32(place - FuzzGuest.TABLES, 4);
        ring.descriptor(unused[0], place, 16, FakeRing.NEXT, unused[1]);
        ring.descriptor(unused[1], place + FuzzRequest.STATUS, 1, FakeRing.WRITE, 0);
        expected.sound();
        return offer(2);
    }

    /** Frees what the device has used. */
    void takeUsed() {
        FakeRing.Used element = ring.pollUsed();
        while (element != null) {
            int head = element.head();
            boolean known = head >= 0 && head < held.length && held[head] > 0;
            if (!known && !scribbled) {
                throw new IllegalStateException("the device used head " + head + ", which is not in flight");
            }
            if (known) {
                free(head);
            }
            element = ring.pollUsed();
        }
    }

    private void free(int head) {
        for (int i = held[head] - 1; i >= 0; i--) {
            free[freeCount++] = chainOf[head][i];
        }
        held[head] = 0;
        outstanding--;
    }
}
