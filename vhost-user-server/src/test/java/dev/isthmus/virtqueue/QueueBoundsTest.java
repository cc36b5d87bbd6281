package dev.isthmus.virtqueue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A driver cannot make the device hold more than its limits, and what waits is taken later. */
class QueueBoundsTest {
    private static final int SIZE = 32768;
    private static final int IN_FLIGHT_MAX = 4096;

    private final FakeDriver guest = FakeDriver.withQueueSize(SIZE);

    @AfterEach
    void free() {
        guest.close();
    }

    private static void poll(SplitVirtqueue queue, Deque<Integer> taken) {
        for (int head = queue.poll(); head >= 0; head = queue.poll()) {
            taken.add(head);
        }
        assertThat(queue.ringFault()).isEqualTo(ChainFault.NONE);
    }

    @Test
    void moreThanTheLimitWaitUntilOthersAreHandedBack() {
        for (int head = 0; head < IN_FLIGHT_MAX + 10; head++) {
            guest.descriptor(head, GuestRam.LOW, 4, FakeDriver.WRITE, 0);
            guest.makeAvailable(head);
        }
        Deque<Integer> taken = new ArrayDeque<>();
        try (SplitVirtqueue queue = guest.start(FakeDriver.WITH_EVENT_IDX)) {
            poll(queue, taken);
            assertThat(taken).hasSize(IN_FLIGHT_MAX);
            assertThat(queue.isFull()).isTrue();
            assertThat(queue.awaitNotification()).as("nothing to do until one comes back").isFalse();

            queue.addUsed(taken.pop(), 0);
            assertThat(queue.isFull()).isFalse();
            assertThat(queue.awaitNotification()).isTrue();
            poll(queue, taken);
            assertThat(taken).hasSize(IN_FLIGHT_MAX).last().isEqualTo(IN_FLIGHT_MAX);

            taken.forEach(head -> queue.addUsed(head, 0));
            taken.clear();
            poll(queue, taken);
            assertThat(taken).hasSize(9);
            assertThat(queue.base()).isEqualTo(IN_FLIGHT_MAX + 10);
        }
    }

    @Test
    void theLongestChainsTakeTurns() {
        for (int i = 0; i < SIZE; i++) {
            guest.descriptor(i, GuestRam.LOW, 1, i < SIZE - 1 ? FakeDriver.NEXT : 0, i + 1);
        }
        int chains = 100;
        for (int head = 0; head < chains; head++) { // each head is the end of the one before
            guest.makeAvailable(head);
        }
        Deque<Integer> taken = new ArrayDeque<>();
        int done = 0;
        try (SplitVirtqueue queue = guest.start(FakeDriver.WITH_NOTHING)) {
            while (done < chains) {
                poll(queue, taken);
                assertThat(taken).isNotEmpty().hasSizeLessThanOrEqualTo(16); // 8 MiB of pieces of 16 bytes
                assertThat(queue.isFull()).isEqualTo(done + taken.size() < chains);
                int first = taken.pop();
                assertThat(queue.chain(first).fault()).isEqualTo(ChainFault.NONE);
                assertThat(queue.chain(first).readableBytes()).isEqualTo(SIZE - first);
                queue.addUsed(first, 0);
                done++;
            }
        }
    }

    @Test
    void queuesThatAreGivenUpTakeTheirLongChainsAlong() {
        for (int i = 0; i < SIZE; i++) {
            guest.descriptor(i, GuestRam.LOW, 1, i < SIZE - 1 ? FakeDriver.NEXT : 0, i + 1);
        }
        guest.makeAvailable(0);
        SplitVirtqueue queue = guest.start(FakeDriver.WITH_NOTHING);
        assertThat(queue.poll()).isZero();

        queue.close(); // asserts that nothing is borrowed any more
    }
}
