package dev.isthmus.virtqueue;

import static dev.isthmus.virtqueue.Buffer.writable;
import static dev.isthmus.virtqueue.FakeDriver.WITH_EVENT_IDX;
import static dev.isthmus.virtqueue.FakeDriver.WITH_NOTHING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.isthmus.memory.GuestMemoryLease;
import java.lang.foreign.Arena;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A chain that was taken and goes back to where it came from. */
class GiveBackTest {
    private final FakeDriver guest = FakeDriver.withQueueSize(8);

    @AfterEach
    void free() {
        guest.close();
    }

    @Test
    void chainGivenBackIsTakenNextAsIfItHadNeverBeen() {
        try (SplitVirtqueue queue = guest.start(WITH_NOTHING)) {
            Chain first = guest.offer(writable(1));
            Chain second = guest.offer(writable(2));
            assertThat(queue.poll()).isEqualTo(first.head());
            assertThat(queue.poll()).isEqualTo(second.head());

            queue.giveBack(second.head());
            queue.giveBack(first.head());

            assertThat(queue.inFlight()).isZero();
            assertThat(queue.base()).isZero();
            assertThat(queue.poll()).isEqualTo(first.head());
            assertThat(queue.chain(first.head()).writableBytes()).isEqualTo(1);
            assertThat(queue.poll()).isEqualTo(second.head());
            assertThat(queue.poll()).isEqualTo(Virtqueue.NONE);
        }
    }

    @Test
    void onlyTheNewestGoesBackAndTheOthersAreHandedBackInOrder() {
        try (SplitVirtqueue queue = guest.start(WITH_NOTHING)) {
            Chain first = guest.offer(writable(1));
            Chain second = guest.offer(writable(2));
            queue.poll();
            queue.poll();
            queue.giveBack(second.head());
            queue.addUsed(first.head(), 1);
            queue.publish();

            guest.expectUsed(first, 1);
            guest.expectNothingUsed();
            assertThat(queue.base()).isEqualTo(1);
        }
    }

    @Test
    void positionGoesBackAcrossTheWrapAround() {
        guest.availableIndex(65535);
        guest.usedIndex(65535);
        try (SplitVirtqueue queue = guest.start(WITH_NOTHING, 65535)) {
            Chain first = guest.offer(writable(1));
            Chain second = guest.offer(writable(1));
            queue.poll();
            queue.poll();
            assertThat(queue.base()).isEqualTo(1);

            queue.giveBack(second.head());
            queue.giveBack(first.head());

            assertThat(queue.base()).isEqualTo(65535);
        }
    }

    @Test
    void whatWasGivenBackIsAvailable() {
        try (SplitVirtqueue queue = guest.start(WITH_EVENT_IDX)) {
            Chain chain = guest.offer(writable(1));
            queue.poll();
            assertThat(queue.awaitNotification()).isFalse();

            queue.giveBack(chain.head());

            assertThat(queue.awaitNotification()).isTrue();
        }
    }

    @Test
    void memoryOfAChainGivenBackMayGo() {
        try (SplitVirtqueue queue = guest.start(WITH_NOTHING)) {
            Chain chain = guest.offer(writable(1));
            queue.poll();
            GuestMemoryLease old = guest.lease();
            queue.giveBack(chain.head());
            queue.memory(new GuestMemoryLease(guest.memory()));
            AtomicBoolean released = new AtomicBoolean();

            old.retire(() -> released.set(true));

            assertThat(released).isTrue();
            assertThat(queue.poll()).isEqualTo(chain.head());
            queue.addUsed(chain.head(), 0);
        }
    }

    @Test
    void chainThatIsNotInFlightCannotGoBack() {
        try (SplitVirtqueue queue = guest.start(WITH_NOTHING)) {
            assertThatIllegalStateException().isThrownBy(() -> queue.giveBack(3));
        }
    }

    @Test
    void successorTakesWhatWasGivenBackOnceAndNoMore() {
        try (Arena arena = Arena.ofConfined()) {
            long region = arena.allocate(SplitInflight.bytes(8), 64).address();
            SplitVirtqueue queue = start(region);
            Chain first = guest.offer(writable(1));
            Chain second = guest.offer(writable(1));
            queue.poll();
            queue.poll();
            queue.giveBack(second.head());
            queue.close();

            try (SplitVirtqueue successor = start(region)) {
                assertThat(successor.unfinished()).isEqualTo(1);
                assertThat(successor.poll()).isEqualTo(first.head());
                successor.giveBack(first.head());
                assertThat(successor.unfinished()).isEqualTo(1);
                assertThat(successor.poll()).isEqualTo(first.head());
                assertThat(successor.poll()).isEqualTo(second.head());
                assertThat(successor.poll()).isEqualTo(Virtqueue.NONE);
            }
        }
    }

    private SplitVirtqueue start(long region) {
        return SplitVirtqueue.start(8, guest.addresses(), WITH_NOTHING, 0, guest.lease(),
                SplitInflight.at(region, 8, 8));
    }
}
