package dev.isthmus.virtqueue;

import static dev.isthmus.virtqueue.Buffer.bytes;
import static dev.isthmus.virtqueue.Buffer.readable;
import static dev.isthmus.virtqueue.Buffer.writable;
import static dev.isthmus.virtqueue.FakeDriver.WITH_EVENT_IDX;
import static dev.isthmus.virtqueue.FakeDriver.WITH_NOTHING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.isthmus.memory.GuestMemoryLease;
import dev.isthmus.spec.Clause;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A virtqueue's positions and what it holds, over wrap-arounds, stops and changes of memory. */
class SplitVirtqueueTest {
    private final FakeDriver guest = FakeDriver.withQueueSize(8);

    @AfterEach
    void free() {
        guest.close();
    }

    @Clause("virtio 1.3, 2.7")
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 128, 32768})
    void everyLegalQueueSizeWorksRoundAndRound(int size) {
        try (FakeDriver driver = FakeDriver.withQueueSize(size); SplitVirtqueue queue = driver.start(WITH_NOTHING)) {
            assertThat(driver.addresses().problem(driver.memory(), size)).isEmpty();
            for (int i = 0; i < 3 * Math.min(size, 1000) + 1; i++) {
                Chain chain = driver.offer(writable(3));
                Pieces.fillAll(queue, i);
                driver.expectUsed(chain, 3);
                assertThat(chain.lastByte()).isEqualTo((byte) i);
            }
        }
    }

    @Test
    void indexesGoRoundAt65535() {
        guest.availableIndex(65530);
        guest.usedIndex(65533);
        try (SplitVirtqueue queue = guest.start(WITH_NOTHING, 65530)) {
            for (int i = 0; i < 20; i++) {
                Chain chain = guest.offer(readable(bytes(1)), writable(2));
                Pieces.fillAll(queue, 1);
                guest.expectUsed(chain, 2);
            }
            assertThat(queue.base()).isEqualTo(14);
            assertThat(guest.usedIndex()).isEqualTo(17);
        }
    }

    @Test
    void fullQueuesAreTakenInOneGoAcrossTheWrapAround() {
        guest.availableIndex(65532);
        guest.usedIndex(65532);
        try (SplitVirtqueue queue = guest.start(WITH_NOTHING, 65532)) {
            Chain[] chains = new Chain[8];
            for (int i = 0; i < 8; i++) {
                chains[i] = guest.offer(writable(i + 1));
            }
            Pieces.fillAll(queue, 1);
            for (int i = 0; i < 8; i++) {
                guest.expectUsed(chains[i], i + 1);
            }
        }
    }

    @Clause("vhost-user, VHOST_USER_SET_VRING_BASE")
    @Test
    void goesOnAtItsBaseAndAtTheUsedIndexInMemory() {
        guest.usedIndex(5);
        try (SplitVirtqueue queue = guest.start(WITH_NOTHING)) {
            guest.offer(writable(1));
            guest.offer(writable(1));
            Pieces.fillAll(queue, 1);
            assertThat(queue.base()).isEqualTo(2);
        }
        Chain later = guest.offer(writable(4));
        try (SplitVirtqueue queue = guest.start(WITH_NOTHING, 2)) {
            Pieces.fillAll(queue, 2);
            assertThat(queue.base()).isEqualTo(3);
        }

        guest.takeUsed();
        guest.takeUsed();
        guest.expectUsed(later, 4);
        assertThat(guest.usedIndex()).isEqualTo(8);
    }

    @Clause("virtio 1.3, 2.7.7.2")
    @Test
    void eventIndexWorksAcrossARestart() {
        guest.usedIndex(65535);
        guest.usedEvent(0);
        try (SplitVirtqueue queue = guest.start(WITH_EVENT_IDX)) {
            guest.offer(writable(1));
            assertThat(Pieces.fillAll(queue, 1)).as("entry 65535").isFalse();
        }
        try (SplitVirtqueue queue = guest.start(WITH_EVENT_IDX, 1)) {
            guest.offer(writable(1));
            assertThat(Pieces.fillAll(queue, 1)).as("entry 0").isTrue();
        }
    }

    @Test
    void chainsMayBeHandedBackInAnyOrder() {
        Chain first = guest.offer(writable(1));
        Chain second = guest.offer(writable(1));
        Chain third = guest.offer(writable(1));
        try (SplitVirtqueue queue = guest.start(WITH_NOTHING)) {
            int a = queue.poll();
            int b = queue.poll();
            int c = queue.poll();
            assertThat(queue.poll()).isEqualTo(Virtqueue.NONE);
            assertThat(queue.inFlight()).isEqualTo(3);
            queue.addUsed(c, 1);
            queue.addUsed(a, 1);
            queue.addUsed(b, 1);
            queue.publish();
            assertThat(queue.inFlight()).isZero();
        }

        guest.expectUsed(third, 1);
        guest.expectUsed(first, 1);
        guest.expectUsed(second, 1);
    }

    @Test
    void handingBackWhatIsNotInFlightIsABugOfOurs() {
        guest.offer(writable(1));
        try (SplitVirtqueue queue = guest.start(WITH_NOTHING)) {
            int head = queue.poll();
            queue.addUsed(head, 1);
            assertThatIllegalStateException().isThrownBy(() -> queue.addUsed(head, 1));
        }
    }

    @Test
    void awaitingANotificationLooksOnceMore() {
        try (SplitVirtqueue queue = guest.start(WITH_NOTHING)) {
            assertThat(queue.awaitNotification()).isFalse();
            guest.offer(writable(1));
            assertThat(queue.awaitNotification()).isTrue();
            Pieces.fillAll(queue, 1);
            assertThat(queue.awaitNotification()).isFalse();
        }
    }

    @Clause("virtio 1.3, 2.7.4.1")
    @Test
    void chainsAreReadWhenTheyAreTakenAndNotAgain() {
        guest.descriptor(0, GuestRam.LOW, 8, 0, 0);
        guest.makeAvailable(0);
        try (SplitVirtqueue queue = guest.start(WITH_NOTHING)) {
            DescriptorChain chain = queue.chain(queue.poll());
            guest.descriptor(0, 0, 0xffff_ffffL, 7, 65535);

            assertThat(chain.fault()).isEqualTo(ChainFault.NONE);
            assertThat(chain.length(0)).isEqualTo(8);
        }
    }

    @Test
    void requestsInFlightKeepTheOldMemoryAndNewOnesUseTheNew() {
        Chain old = guest.offer(writable(8));
        var released = new AtomicBoolean();
        try (SplitVirtqueue queue = guest.start(WITH_NOTHING)) {
            int head = queue.poll();
            long oldAddress = queue.chain(head).address(0);
            var next = new GuestMemoryLease(guest.ram().map());

            queue.memory(next);
            guest.lease().retire(() -> released.set(true));

            assertThat(queue.chain(head).address(0)).isEqualTo(oldAddress);
            Chain young = guest.offer(writable(8));
            int youngHead = queue.poll();
            assertThat(queue.chain(youngHead).address(0))
                    .isEqualTo(next.memory().hostAddress(young.addresses().get(0), 8));
            queue.addUsed(youngHead, 8);
            assertThat(released).isFalse();

            Pieces.write(queue.chain(head), bytes(8));
            queue.addUsed(head, 8);
            assertThat(released).isTrue();
            queue.publish();
            guest.expectUsed(young, 8);
            guest.expectUsed(old, 8);
            assertThat(old.written()).isEqualTo(bytes(8));
        }
    }

    @Test
    void ringsWhoseMemoryIsTakenAwayBreakAndLetGoOfTheirRequests() {
        guest.offer(writable(8));
        var released = new AtomicBoolean();
        try (SplitVirtqueue queue = guest.start(WITH_NOTHING)) {
            int head = queue.poll();
            queue.memory(new GuestMemoryLease(guest.ram().mapWithoutRings()));
            guest.lease().retire(() -> released.set(true));

            assertThat(queue.poll()).isEqualTo(Virtqueue.BROKEN);
            assertThat(queue.ringFault()).isEqualTo(ChainFault.RING_NOT_MAPPED);
            queue.addUsed(head, 8);
            assertThat(queue.publish()).isFalse();
            assertThat(released).isTrue();
            guest.expectNothingUsed();
        }
    }
}
