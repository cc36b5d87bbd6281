package dev.isthmus.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.linux.LinuxException;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A back-end that hands back what it never got. */
class HostileUsedRingTest {
    private static final int SIZE = 8;

    private SharedMemory memory;
    private SplitDriverVirtqueue queue;
    private FakeDevice device;

    @BeforeEach
    void create() throws LinuxException {
        memory = SharedMemory.allocate(1 << 16);
        queue = SplitDriverVirtqueue.create(memory, SIZE, 0);
        device = new FakeDevice(queue);
    }

    @AfterEach
    void free() {
        memory.close();
    }

    private int offer(int pieces) {
        int head = queue.add(SplitDriverVirtqueueTest.readable(pieces));
        queue.publish();
        return head;
    }

    private void expectBroken(UsedFault fault) {
        assertThat(queue.fault()).isEqualTo(fault);
        assertThat(queue.pending()).isEqualTo(DriverVirtqueue.BROKEN);
        assertThat(queue.takeUsed()).isEqualTo(DriverVirtqueue.BROKEN);
        assertThat(queue.awaitNotification()).as("nobody sleeps on a broken queue").isTrue();
    }

    @ParameterizedTest
    @ValueSource(longs = {8, 65536, 65536 + 3, 0x8000_0000L, 0xffff_ffffL})
    void anIdOutsideTheQueueBreaksIt(long id) {
        offer(1);
        device.use(id, 0);

        assertThat(queue.pending()).isEqualTo(1);
        assertThat(queue.takeUsed()).isEqualTo(DriverVirtqueue.BROKEN);
        expectBroken(UsedFault.USED_ID_OUT_OF_RANGE);
    }

    @Test
    void aFreeDescriptorIsNotInFlight() {
        int head = offer(1);
        device.use(head + 1, 0);

        assertThat(queue.pending()).isEqualTo(1);
        assertThat(queue.takeUsed()).isEqualTo(DriverVirtqueue.BROKEN);
        expectBroken(UsedFault.USED_ID_NOT_IN_FLIGHT);
    }

    @Test
    void theSecondDescriptorOfAChainIsNoHead() {
        int head = offer(3);
        device.use(device.next(head), 0);

        assertThat(queue.pending()).isEqualTo(1);
        assertThat(queue.takeUsed()).isEqualTo(DriverVirtqueue.BROKEN);
        expectBroken(UsedFault.USED_ID_NOT_IN_FLIGHT);
    }

    @Test
    void aChainComesBackOnce() {
        int head = offer(1);
        offer(1);
        device.use(head, 0);
        device.use(head, 0);

        assertThat(queue.pending()).isEqualTo(2);
        assertThat(queue.takeUsed()).isEqualTo(head);
        assertThat(queue.takeUsed()).isEqualTo(DriverVirtqueue.BROKEN);
        expectBroken(UsedFault.USED_ID_NOT_IN_FLIGHT);
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 8, 9, 32768, 65535})
    void moreThanWasMadeAvailableCannotComeBack(int usedIdx) {
        offer(1);
        offer(1);
        device.putUsedIdx(usedIdx);

        assertThat(queue.pending()).isEqualTo(DriverVirtqueue.BROKEN);
        expectBroken(UsedFault.USED_INDEX_TOO_FAR);
    }

    @Test
    void whatIsNotPublishedCannotComeBack() {
        int head = queue.add(SplitDriverVirtqueueTest.readable(1));
        device.use(head, 0);

        assertThat(queue.pending()).isEqualTo(DriverVirtqueue.BROKEN);
        expectBroken(UsedFault.USED_INDEX_TOO_FAR);
    }

    @Test
    void aUsedIndexThatGoesBackBreaksTheQueue() {
        int head = offer(1);
        device.use(head, 0);
        assertThat(queue.pending()).isEqualTo(1);
        assertThat(queue.takeUsed()).isEqualTo(head);
        offer(1);
        device.putUsedIdx(0);

        assertThat(queue.pending()).isEqualTo(DriverVirtqueue.BROKEN);
        expectBroken(UsedFault.USED_INDEX_TOO_FAR);
    }

    /** Whatever a device writes: an answer is a head in flight or BROKEN, and nothing throws. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void neverBelievesAnything(long seed) throws LinuxException {
        Random random = new Random(seed);
        for (int life = 0; life < 200; life++) {
            try (SharedMemory own = SharedMemory.allocate(4096)) {
                queue = SplitDriverVirtqueue.create(own, SIZE, DriverVirtqueue.EVENT_IDX, random.nextInt(), 0);
                device = new FakeDevice(queue);
                live(random);
            }
        }
    }

    private void live(Random random) {
        boolean[] inFlight = new boolean[SIZE];
        for (int i = 0; i < 100 && queue.fault() == UsedFault.NONE; i++) {
            int head = queue.add(SplitDriverVirtqueueTest.readable(1 + random.nextInt(3)));
            if (head != DriverVirtqueue.NO_ROOM) {
                assertThat(inFlight[head]).isFalse();
                inFlight[head] = true;
            }
            queue.publish();
            misbehave(random);
            for (int count = queue.pending(); count > 0; count--) {
                int used = queue.takeUsed();
                if (used == DriverVirtqueue.BROKEN) {
                    break;
                }
                assertThat(inFlight[used]).isTrue();
                inFlight[used] = false;
            }
        }
    }

    private void misbehave(Random random) {
        device.putAvailEvent(random.nextInt());
        device.putDescriptor(random.nextInt(SIZE), random.nextLong(), random.nextLong());
        if (device.hasAvailable() && random.nextInt(20) > 0) {
            device.use(device.takeAvailable(), random.nextInt());
        }
        if (random.nextInt(30) == 0) {
            device.use(random.nextInt(SIZE + 2), 0);
        }
        if (random.nextInt(60) == 0) {
            device.putUsedIdx(random.nextInt());
        }
    }
}
