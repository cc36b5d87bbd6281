package dev.isthmus.net;

import dev.isthmus.vhostuser.FakeRing;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Whose descriptors are whose in one ring, and in which order its chains were offered: the driver's own memory. */
final class FuzzRing {
    /** A chain that was offered; {@code bytes} of room, if it is a buffer. */
    record Offered(int head, int[] descriptors, NetBreak rule, long at, long bytes) {}

    private final FakeRing ring;
    private final boolean scribbled;
    private final Deque<Integer> free = new ArrayDeque<>();
    private final Deque<Offered> offered = new ArrayDeque<>();

    FuzzRing(FakeRing ring, boolean scribbled) {
        this.ring = ring;
        this.scribbled = scribbled;
        for (int i = 0; i < ring.size(); i++) {
            free.add(i);
        }
    }

    FakeRing ring() {
        return ring;
    }

    int freeCount() {
        return free.size();
    }

    int outstanding() {
        return offered.size();
    }

    /** Room in all buffers that were offered. */
    long outstandingBytes() {
        return offered.stream().mapToLong(Offered::bytes).sum();
    }

    int[] free() {
        return free.stream().mapToInt(Integer::intValue).toArray();
    }

    void offer(int count, NetBreak rule, long at, long bytes) {
        int[] descriptors = new int[count];
        for (int i = 0; i < count; i++) {
            descriptors[i] = free.removeFirst();
        }
        offered.add(new Offered(descriptors[0], descriptors, rule, at, bytes));
        ring.offer(descriptors[0]);
    }

    /** Offers the head of a chain once more that was not handed back. */
    void offerAgain() {
        ring.offer(offered.getFirst().head());
    }

    /** What the device has used next; used entries come in the order of the ring. Null: nothing, or nothing known. */
    @Nullable
    Used takeUsed() {
        FakeRing.Used used = ring.pollUsed();
        if (used == null) {
            return null;
        }
        Offered first = offered.peekFirst();
        if (!scribbled && (first == null || first.head() != used.head())) {
            throw new IllegalStateException("used is head " + used.head() + ", the next one offered was " + first);
        }
        Offered chain = scribbled ? take(used.head()) : offered.removeFirst();
        if (chain != null) {
            for (int descriptor : chain.descriptors()) {
                free.add(descriptor);
            }
        }
        return new Used(chain, used.length());
    }

    /** @param chain null if a scribbled head belongs to none */
    record Used(@Nullable Offered chain, long length) {}

    private @Nullable Offered take(int head) {
        Offered found = offered.stream().filter(o -> o.head() == head).findFirst().orElse(null);
        if (found != null) {
            offered.remove(found);
        }
        return found;
    }
}
