package dev.isthmus.virtqueue;

import static dev.isthmus.virtqueue.Buffer.UNTOUCHED;
import static dev.isthmus.virtqueue.Buffer.bytes;
import static dev.isthmus.virtqueue.Buffer.readable;
import static dev.isthmus.virtqueue.Buffer.writable;
import static dev.isthmus.virtqueue.FakeDriver.WITH_EVENT_IDX;
import static dev.isthmus.virtqueue.FakeDriver.WITH_NOTHING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.linux.HostMemory;
import dev.isthmus.spec.Clause;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What virtio 1.3, 2.7.8 and 2.7.10 ask of a device about the used ring, and 2.1.2 about when. */
class UsedRingClausesTest {
    private final FakeDriver guest = FakeDriver.withQueueSize(8);

    @AfterEach
    void free() {
        guest.close();
    }

    @Clause("virtio 1.3, 2.1.2")
    @Test
    void nothingIsTakenOrHandedBackByAStartAlone() {
        guest.offer(readable(bytes(4)), writable(4));
        guest.usedIndex(700);
        try (SplitVirtqueue queue = guest.start(WITH_NOTHING)) {
            assertThat(queue.inFlight()).isZero();
            assertThat(queue.publish()).isFalse();
            guest.expectNothingUsed();
        }
    }

    @Clause("virtio 1.3, 2.7.8.2")
    @Test
    void entriesAreInTheRingBeforeTheIndexSaysSo() {
        Chain first = guest.offer(writable(5));
        Chain second = guest.offer(readable(bytes(3)), writable(9));
        try (SplitVirtqueue queue = guest.start(WITH_NOTHING)) {
            queue.addUsed(queue.poll(), 5);
            queue.addUsed(queue.poll(), 9);

            assertThat(guest.usedHead(0)).isEqualTo(first.head());
            assertThat(guest.usedLength(0)).isEqualTo(5);
            assertThat(guest.usedHead(1)).isEqualTo(second.head());
            assertThat(guest.usedLength(1)).isEqualTo(9);
            guest.expectNothingUsed();

            queue.publish();
            assertThat(guest.usedIndex()).isEqualTo(2);
        }
    }

    /** Whoever reads the new index after an acquire sees the entry and the data: a driver on another CPU looks on. */
    @Clause("virtio 1.3, 2.7.8.2")
    @Test
    void whoSeesTheIndexSeesTheEntryAndTheData() throws InterruptedException {
        int rounds = 20_000;
        long data = GuestRam.BORDER + 64; // aligned, so that the number is written in one piece
        guest.descriptor(3, data, 4, FakeDriver.WRITE, 0);
        var onlooker = new Onlooker(guest, data, rounds);
        try (SplitVirtqueue queue = guest.start(WITH_NOTHING)) {
            onlooker.start();
            for (int round = 1; round <= rounds; round++) {
                guest.makeAvailable(3);
                int head = queue.poll();
                HostMemory.putU32(queue.chain(head).address(0), round);
                queue.addUsed(head, round);
                queue.publish();
            }
        }
        onlooker.join();
        assertThat(onlooker.broken.get()).isZero();
    }

    @Clause("virtio 1.3, 2.7.8.2")
    @Test
    void lengthCountsFromTheFirstDeviceWritableByteAndWhatItCountsIsWritten() {
        Chain chain = guest.offer(readable(bytes(16)), writable(10), writable(10));
        try (SplitVirtqueue queue = guest.start(WITH_NOTHING)) {
            int head = queue.poll();
            queue.addUsed(head, Pieces.write(queue.chain(head), bytes(13)));
            queue.publish();
        }

        guest.expectUsed(chain, 13);
        assertThat(chain.written()).startsWith(bytes(13)).endsWith(UNTOUCHED, UNTOUCHED);
    }

    @Clause("virtio 1.3, 2.7.8.2")
    @Test
    void moreMayBeWrittenThanLengthSays() {
        Chain chain = guest.offer(writable(10));
        try (SplitVirtqueue queue = guest.start(WITH_NOTHING)) {
            int head = queue.poll();
            Pieces.write(queue.chain(head), bytes(10));
            queue.addUsed(head, 0);
            queue.publish();
        }

        guest.expectUsed(chain, 0);
        assertThat(chain.written()).isEqualTo(bytes(10));
    }

    @Clause("virtio 1.3, 2.7.8.2")
    @Test
    void lengthsOfFourGigabytesLessOneFitTheField() {
        guest.offer(writable(1));
        try (SplitVirtqueue queue = guest.start(WITH_NOTHING)) {
            queue.addUsed(queue.poll(), 0xffff_ffffL);
        }

        assertThat(guest.usedLength(0)).isEqualTo(0xffff_ffffL);
    }

    @Clause("virtio 1.3, 2.7.10.2")
    @Test
    void withoutEventIndexFlagsAreZeroOrOneAndOneMeansNoKicks() {
        guest.usedFlags(0xffff);
        try (SplitVirtqueue queue = guest.start(WITH_NOTHING)) {
            assertThat(guest.usedFlags()).isZero();

            queue.suppressNotifications();
            assertThat(guest.usedFlags()).isEqualTo(1);

            queue.awaitNotification();
            assertThat(guest.usedFlags()).isZero();
        }
    }

    @Clause("virtio 1.3, 2.7.10.2")
    @Test
    void withEventIndexFlagsAreAlwaysZero() {
        guest.usedFlags(0xffff);
        try (SplitVirtqueue queue = guest.start(WITH_EVENT_IDX)) {
            assertThat(guest.usedFlags()).isZero();

            queue.suppressNotifications();
            assertThat(guest.usedFlags()).isZero();

            guest.offer(writable(1));
            Pieces.fillAll(queue, 1);
            queue.awaitNotification();
            assertThat(guest.usedFlags()).isZero();
        }
    }

    @Clause("virtio 1.3, 2.7.10.2")
    @Test
    void withEventIndexAvailEventIsTheIndexOfTheNextChainWanted() {
        guest.availEvent(0x7777);
        try (SplitVirtqueue queue = guest.start(WITH_EVENT_IDX)) {
            assertThat(queue.awaitNotification()).isFalse();
            assertThat(guest.availEvent()).isZero();

            for (int i = 1; i <= 20; i++) {
                guest.offer(writable(1));
                queue.suppressNotifications();
                Pieces.fillAll(queue, 1);
                guest.takeUsed();
                assertThat(queue.awaitNotification()).isFalse();
                assertThat(guest.availEvent()).isEqualTo(i);
            }
        }
    }

    @Clause("virtio 1.3, 2.7.10.2")
    @Test
    void withEventIndexASuppressedQueueWantsNoNotificationForAnythingThatFollows() {
        try (SplitVirtqueue queue = guest.start(WITH_EVENT_IDX)) {
            queue.awaitNotification();
            assertThat(Notification.needEvent(guest.availEvent(), 1, 0)).as("armed").isTrue();

            queue.suppressNotifications();
            for (int more = 1; more <= 4; more++) {
                assertThat(Notification.needEvent(guest.availEvent(), more, 0)).as("%s chains", more).isFalse();
            }
        }
    }

    @Clause("virtio 1.3, 2.7.10.2")
    @Test
    void withoutEventIndexAvailEventIsNotWritten() {
        guest.availEvent(0x7777);
        try (SplitVirtqueue queue = guest.start(WITH_NOTHING)) {
            queue.suppressNotifications();
            queue.awaitNotification();
        }

        assertThat(guest.availEvent()).isEqualTo(0x7777);
    }

    @Clause("virtio 1.3, 2.7.10.2")
    @Test
    void spuriousNotificationsDoNoHarm() {
        try (SplitVirtqueue queue = guest.start(WITH_EVENT_IDX)) {
            for (int i = 0; i < 1000; i++) { // woken for nothing
                assertThat(queue.poll()).isEqualTo(Virtqueue.NONE);
                assertThat(queue.publish()).isFalse();
                assertThat(queue.awaitNotification()).isFalse();
            }

            Chain chain = guest.offer(writable(3));
            assertThat(queue.awaitNotification()).isTrue();
            Pieces.fillAll(queue, 1);
            guest.expectUsed(chain, 3);
        }
    }

    /** A second CPU: each index it sees names an entry and data at least as new. */
    private static final class Onlooker extends Thread {
        private final FakeDriver guest;
        private final long data;
        private final int rounds;
        private final AtomicInteger broken = new AtomicInteger();

        Onlooker(FakeDriver guest, long data, int rounds) {
            this.guest = guest;
            this.data = data;
            this.rounds = rounds;
            setDaemon(true);
        }

        @Override
        public void run() {
            int seen = 0;
            while (seen < rounds) {
                seen = guest.usedIndexAcquire();
                boolean entryOld = seen > 0 && guest.usedLength(seen - 1) < seen;
                boolean dataOld = guest.ram().u32(data) < seen;
                if (entryOld || dataOld) {
                    broken.incrementAndGet();
                }
            }
        }
    }
}
