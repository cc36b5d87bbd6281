package dev.isthmus.virtqueue;

import static dev.isthmus.virtqueue.Buffer.writable;
import static dev.isthmus.virtqueue.FakeDriver.WITH_EVENT_IDX;
import static dev.isthmus.virtqueue.FakeDriver.WITH_NOTHING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.spec.Clause;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What virtio 1.3, 2.7.7.2 asks of a device about used buffer notifications. */
class NotificationClausesTest {
    private final FakeDriver guest = FakeDriver.withQueueSize(8);

    @AfterEach
    void free() {
        guest.close();
    }

    /** Uses {@code count} chains in one batch; whether the driver is to be told. */
    private boolean use(SplitVirtqueue queue, int count) {
        for (int i = 0; i < count; i++) {
            guest.offer(writable(1));
        }
        boolean notify = Pieces.fillAll(queue, 1);
        for (int i = 0; i < count; i++) {
            guest.takeUsed();
        }
        return notify;
    }

    @Clause("virtio 1.3, 2.7.7.2")
    @Test
    void withoutEventIndexUsedEventIsIgnored() {
        try (SplitVirtqueue queue = guest.start(WITH_NOTHING)) {
            for (int usedEvent : new int[] {0, 1, 2, 3, 0x7fff, 0xffff}) {
                guest.usedEvent(usedEvent);
                guest.noInterrupt(false, 0);
                assertThat(use(queue, 1)).isTrue();
                guest.noInterrupt(true, 0);
                assertThat(use(queue, 1)).isFalse();
            }
        }
    }

    @Clause("virtio 1.3, 2.7.7.2")
    @Test
    void withoutEventIndexFlagsOneMeansNoNotification() {
        guest.noInterrupt(true, 0);
        try (SplitVirtqueue queue = guest.start(WITH_NOTHING)) {
            assertThat(use(queue, 1)).isFalse();
            assertThat(use(queue, 8)).isFalse();
        }
    }

    @Clause("virtio 1.3, 2.7.7.2")
    @Test
    void withoutEventIndexFlagsZeroMeansANotificationAfterUsedEntries() {
        try (SplitVirtqueue queue = guest.start(WITH_NOTHING)) {
            assertThat(use(queue, 1)).isTrue();
            assertThat(use(queue, 8)).isTrue();
            assertThat(queue.publish()).as("nothing new").isFalse();
        }
    }

    @Clause("virtio 1.3, 2.7.7.2")
    @Test
    void withEventIndexTheLowerBitOfFlagsIsIgnored() {
        try (SplitVirtqueue queue = guest.start(WITH_EVENT_IDX)) {
            guest.noInterrupt(true, 0);
            guest.usedEvent(0);
            assertThat(use(queue, 1)).isTrue();
            guest.noInterrupt(false, 0);
            guest.usedEvent(0);
            assertThat(use(queue, 1)).isFalse();
        }
    }

    @Clause("virtio 1.3, 2.7.7.2")
    @Test
    void withEventIndexThereIsANotificationWhenTheEntryAtUsedEventIsWritten() {
        try (SplitVirtqueue queue = guest.start(WITH_EVENT_IDX)) {
            for (int i = 0; i < 20; i++) {
                guest.usedEvent(i);
                assertThat(use(queue, 1)).as("entry %d", i).isTrue();
            }
        }
    }

    @Clause("virtio 1.3, 2.7.7.2")
    @Test
    void withEventIndexOneNotificationDoesForABatchThatHoldsTheEntry() {
        for (int usedEvent = 0; usedEvent < 12; usedEvent++) {
            guest.usedIndex(0);
            guest.availableIndex(0);
            guest.usedEvent(usedEvent);
            try (SplitVirtqueue queue = guest.start(WITH_EVENT_IDX)) {
                assertThat(use(queue, 3)).isEqualTo(usedEvent <= 2);
                assertThat(use(queue, 5)).isEqualTo(usedEvent >= 3 && usedEvent <= 7);
            }
        }
    }

    @Clause("virtio 1.3, 2.7.7.2")
    @Test
    void withEventIndexThereIsNoNotificationOtherwise() {
        try (SplitVirtqueue queue = guest.start(WITH_EVENT_IDX)) {
            guest.usedEvent(5);
            for (int i = 0; i < 20; i++) {
                assertThat(use(queue, 1)).as("entry %d", i).isEqualTo(i == 5);
            }
        }
    }

    @Clause("virtio 1.3, 2.7.7.2")
    @Test
    void aUsedEventThatStaysZeroIsNotifiedAtTheFirstAndAgainAtThe65537thEntry() {
        try (SplitVirtqueue queue = guest.start(WITH_EVENT_IDX)) {
            for (int i = 0; i <= 65536; i++) {
                assertThat(use(queue, 1)).as("entry %d", i).isEqualTo(i == 0 || i == 65536);
            }
        }
    }
}
