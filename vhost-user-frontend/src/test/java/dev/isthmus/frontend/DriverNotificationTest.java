package dev.isthmus.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.linux.LinuxException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who wants to be told, and who is: virtio 1.3, 2.7.7, 2.7.10. */
class DriverNotificationTest {
    private static final int SIZE = 16;
    private static final int NO_INTERRUPT = 1;
    private static final int NO_NOTIFY = 1;

    private SharedMemory memory;
    private SplitDriverVirtqueue queue;
    private FakeDevice device;

    @BeforeEach
    void allocate() throws LinuxException {
        memory = SharedMemory.allocate(1 << 16);
    }

    @AfterEach
    void free() {
        memory.close();
    }

    private void create(long features, int base) {
        queue = SplitDriverVirtqueue.create(memory, SIZE, features, base, 0);
        device = new FakeDevice(queue);
    }

    private boolean publishes(int chains) {
        for (int i = 0; i < chains; i++) {
            assertThat(queue.add(SplitDriverVirtqueueTest.readable(1))).isNotNegative();
        }
        return queue.publish();
    }

    /** The device hands back everything. */
    private void useAll() {
        while (device.hasAvailable()) {
            device.use(device.takeAvailable(), 0);
        }
    }

    private void takeAll() {
        for (int count = queue.pending(); count > 0; count--) {
            assertThat(queue.takeUsed()).isNotNegative();
        }
    }

    @Test
    void theFirstChainOfANewQueueIsKicked() {
        create(DriverVirtqueue.EVENT_IDX, 0);
        assertThat(publishes(1)).isTrue();
        create(DriverVirtqueue.EVENT_IDX, 65535);
        assertThat(publishes(1)).isTrue();
        create(0, 0);
        assertThat(publishes(1)).isTrue();
    }

    @Test
    void nothingNewIsNoKick() {
        create(0, 0);

        assertThat(queue.publish()).isFalse();
    }

    @Test
    void withoutEventIdxTheFlagDecides() {
        create(0, 0);
        device.putUsedFlags(NO_NOTIFY);
        assertThat(publishes(1)).isFalse();
        device.putUsedFlags(0);
        assertThat(publishes(1)).isTrue();
    }

    @Test
    void withEventIdxTheFlagMeansNothing() {
        create(DriverVirtqueue.EVENT_IDX, 0);
        device.putUsedFlags(NO_NOTIFY);

        assertThat(publishes(1)).isTrue();
    }

    /** 2.7.10.1: notified when the entry at avail_event becomes available, and not before or after. */
    @ParameterizedTest
    @ValueSource(ints = {0, 65520, 65533, 65535})
    void withEventIdxAvailEventDecides(int base) {
        create(DriverVirtqueue.EVENT_IDX, base);
        device.putAvailEvent(base + 4);
        assertThat(publishes(4)).as("up to the one before").isFalse();
        assertThat(publishes(1)).as("the one").isTrue();
        assertThat(publishes(3)).as("later ones").isFalse();
        device.putAvailEvent(base + 9);
        assertThat(publishes(5)).as("in the middle of a batch").isTrue();
    }

    @Test
    void awaitsTheNextUsedEntry() {
        create(DriverVirtqueue.EVENT_IDX, 65535);
        publishes(2);
        assertThat(queue.awaitNotification()).isFalse();
        assertThat(device.usedEvent()).isEqualTo(65535);
        useAll();
        takeAll();
        assertThat(queue.awaitNotification()).isFalse();
        assertThat(device.usedEvent()).isEqualTo(1);
        assertThat(device.availFlags()).isZero();
    }

    @Test
    void doesNotSleepOverWhatIsThereAlready() {
        create(DriverVirtqueue.EVENT_IDX, 0);
        publishes(1);
        useAll();

        assertThat(queue.awaitNotification()).isTrue();
        takeAll();
        assertThat(queue.awaitNotification()).isFalse();
    }

    @Test
    void withoutEventIdxTheDriversFlagTells() {
        create(0, 0);
        queue.suppressNotifications();
        assertThat(device.availFlags()).isEqualTo(NO_INTERRUPT);
        assertThat(queue.awaitNotification()).isFalse();
        assertThat(device.availFlags()).isZero();
    }

    /** Whatever the indexes: a device whose notifications are suppressed never writes the entry at used_event. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3, SIZE})
    void suppressedMeansNeverNotified(int batch) {
        create(DriverVirtqueue.EVENT_IDX, 40_000);
        queue.suppressNotifications();
        assertThat(device.availFlags()).as("2.7.7.1: flags stay 0").isZero();
        for (int i = 0; i < 200_000; i += batch) {
            publishes(batch);
            int before = device.usedIdx();
            useAll();
            int distance = device.usedEvent() - before & 0xffff;
            assertThat(distance).as("entries until used_event").isGreaterThanOrEqualTo(batch);
            takeAll();
        }
    }

    @Test
    void suppressingAfterAWakeUpWritesNothingSinceTheEventIsPassed() {
        create(DriverVirtqueue.EVENT_IDX, 0);
        publishes(3);
        queue.awaitNotification();
        useAll();
        takeAll();

        queue.suppressNotifications();

        assertThat(device.usedEvent()).isZero();
    }
}
