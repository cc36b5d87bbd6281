package dev.isthmus.virtqueue;

import static dev.isthmus.virtqueue.Buffer.readable;
import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.spec.Clause;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a back-end writes down about what it has in hand, and what its successor makes of it. Offsets are those of
 * QueueRegionSplit in the vhost-user specification, written down anew.
 */
class SplitInflightTest {
    private static final int SIZE = 8;
    private static final int VERSION = 8;
    private static final int DESC_NUM = 10;
    private static final int LAST_BATCH_HEAD = 12;
    private static final int USED_IDX = 14;
    private static final int DESC = 16;
    private static final int NEXT = 6;
    private static final int COUNTER = 8;

    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment region = arena.allocate(192, 64);
    private final FakeDriver guest = FakeDriver.withQueueSize(SIZE);
    private final List<SplitVirtqueue> dead = new ArrayList<>();

    @AfterEach
    void close() {
        dead.forEach(SplitVirtqueue::close);
        guest.close();
        arena.close();
    }

    @Clause("vhost-user, Inflight I/O tracking")
    @Test
    void partOfAQueueIsAMultipleOfSixtyFourBytes() {
        assertThat(SplitInflight.bytes(1)).isEqualTo(64);
        assertThat(SplitInflight.bytes(3)).isEqualTo(64);
        assertThat(SplitInflight.bytes(4)).isEqualTo(128);
        assertThat(SplitInflight.bytes(128)).isEqualTo(2112);
    }

    @Clause("vhost-user, Inflight I/O tracking")
    @Test
    void emptyRegionGetsVersionAndSize() {
        start(0);

        assertThat(u16(VERSION)).isEqualTo(1);
        assertThat(u16(DESC_NUM)).isEqualTo(SIZE);
        assertThat(u16(USED_IDX)).isZero();
    }

    @Clause("vhost-user, Inflight I/O tracking")
    @Test
    void takenChainsAreMarkedInTheirOrder() {
        SplitVirtqueue queue = start(0);
        int first = take(queue);
        int second = take(queue);

        assertThat(isMarked(first)).isTrue();
        assertThat(isMarked(second)).isTrue();
        assertThat(counter(second)).isEqualTo(counter(first) + 1);
    }

    @Clause("vhost-user, Inflight I/O tracking")
    @Test
    void chainStaysMarkedUntilTheDriverSeesIt() {
        SplitVirtqueue queue = start(0);
        int head = take(queue);

        queue.addUsed(head, 0);
        assertThat(isMarked(head)).isTrue();
        assertThat(u16(LAST_BATCH_HEAD)).isEqualTo(head);
        assertThat(u16(USED_IDX)).isZero();

        queue.publish();
        assertThat(isMarked(head)).isFalse();
        assertThat(u16(USED_IDX)).isEqualTo(1);
    }

    @Clause("vhost-user, Inflight I/O tracking")
    @Test
    void batchIsAListThatBeginsWithItsLast() {
        SplitVirtqueue queue = start(0);
        int first = take(queue);
        int second = take(queue);
        queue.addUsed(first, 0);
        queue.addUsed(second, 0);

        assertThat(u16(LAST_BATCH_HEAD)).isEqualTo(second);
        assertThat(u16(desc(second) + NEXT)).isEqualTo(first);
    }

    @Clause("vhost-user, Inflight I/O tracking")
    @Test
    void successorTakesWhatWasInFlightInItsOrderAndThenGoesOn() {
        SplitVirtqueue queue = start(0);
        int done = take(queue);
        int first = take(queue);
        int second = take(queue);
        int third = take(queue);
        queue.addUsed(done, 0);
        queue.addUsed(second, 0);
        queue.publish();
        int waiting = guest.offer(readable(new byte[] {1})).head();

        SplitVirtqueue next = start(2); // QEMU knows the used index only

        assertThat(next.isRecovering()).isTrue();
        assertThat(next.unfinished()).isEqualTo(2);
        assertThat(next.awaitNotification()).isTrue();
        assertThat(next.poll()).isEqualTo(first);
        assertThat(next.poll()).isEqualTo(third);
        assertThat(next.isRecovering()).isFalse();
        assertThat(next.unfinished()).isZero();
        assertThat(next.poll()).isEqualTo(waiting);
        assertThat(next.poll()).isEqualTo(Virtqueue.NONE);
        assertThat(next.base()).isEqualTo(5);
    }

    @Clause("vhost-user, Inflight I/O tracking")
    @Test
    void successorOfASuccessorKeepsTheOrder() {
        SplitVirtqueue queue = start(0);
        int first = take(queue);
        int second = take(queue);
        SplitVirtqueue next = start(0);
        assertThat(next.poll()).isEqualTo(first);
        assertThat(next.poll()).isEqualTo(second);
        int third = take(next);

        SplitVirtqueue last = start(0);

        assertThat(List.of(last.poll(), last.poll(), last.poll())).containsExactly(first, second, third);
    }

    @Clause("vhost-user, Inflight I/O tracking")
    @Test
    void chainThatWasTakenButNotMarkedIsTakenAgain() {
        SplitVirtqueue queue = start(0);
        int first = take(queue);
        int second = take(queue);
        region.set(ValueLayout.JAVA_BYTE, desc(second), (byte) 0);

        SplitVirtqueue next = start(0);

        assertThat(next.poll()).isEqualTo(first);
        assertThat(next.poll()).isEqualTo(second);
        assertThat(next.poll()).isEqualTo(Virtqueue.NONE);
    }

    @Clause("vhost-user, Inflight I/O tracking")
    @Test
    void chainThatWasHandedBackButNotShownIsTakenAgain() {
        SplitVirtqueue queue = start(0);
        int head = take(queue);
        queue.addUsed(head, 0);

        assertThat(start(0).poll()).isEqualTo(head);
    }

    @Clause("vhost-user, Inflight I/O tracking")
    @ParameterizedTest(name = "after {0} of the batch")
    @CsvSource({"0", "1", "2"})
    void batchThatWasShownButNotWrittenOffIsNotTakenAgain(int writtenOff) {
        SplitVirtqueue queue = start(0);
        int first = take(queue);
        int second = take(queue);
        int kept = take(queue);
        queue.addUsed(first, 0);
        queue.addUsed(second, 0);
        byte[] before = region.toArray(ValueLayout.JAVA_BYTE);
        queue.publish();
        MemorySegment.copy(before, 0, region, ValueLayout.JAVA_BYTE, 0, before.length);
        int[] batch = {first, second};
        for (int i = 0; i < writtenOff; i++) {
            region.set(ValueLayout.JAVA_BYTE, desc(batch[i]), (byte) 0);
        }

        SplitVirtqueue next = start(2);

        assertThat(next.poll()).isEqualTo(kept);
        assertThat(next.poll()).isEqualTo(Virtqueue.NONE);
        assertThat(isMarked(first) || isMarked(second)).isFalse();
        assertThat(u16(USED_IDX)).isEqualTo(2);
    }

    @Clause("vhost-user, Inflight I/O tracking")
    @Test
    void whatWasHandedBackAfterTheFrontendHadLookedIsNotTakenAgain() {
        SplitVirtqueue queue = start(0);
        int early = take(queue);
        int late = take(queue);
        queue.addUsed(early, 0);
        queue.publish();
        int base = guest.usedIndex(); // the front-end sees the end of the connection here
        queue.addUsed(late, 0);
        queue.publish();

        SplitVirtqueue next = start(base);

        assertThat(next.poll()).isEqualTo(Virtqueue.NONE);
        assertThat(next.base()).isEqualTo(2);
    }

    @Clause("vhost-user, Inflight I/O tracking")
    @Test
    void driverThatBeganAnewIsServedFromItsBeginning() {
        start(0);
        region.set(U16, USED_IDX, (short) 1234);
        int head = guest.offer(readable(new byte[] {1})).head();

        SplitVirtqueue next = start(0);

        assertThat(next.poll()).isEqualTo(head);
        assertThat(u16(USED_IDX)).isZero();
    }

    @Clause("vhost-user, Inflight I/O tracking")
    @Test
    void usedIndexesMayWrapInTheMiddleOfABatch() {
        guest.usedIndex(0xffff);
        guest.availableIndex(0xffff);
        SplitVirtqueue queue = start(0xffff);
        int first = take(queue);
        int second = take(queue);
        queue.addUsed(first, 0);
        queue.addUsed(second, 0);
        byte[] before = region.toArray(ValueLayout.JAVA_BYTE);
        queue.publish();
        MemorySegment.copy(before, 0, region, ValueLayout.JAVA_BYTE, 0, before.length);

        SplitVirtqueue next = start(1);

        assertThat(next.poll()).isEqualTo(Virtqueue.NONE);
        assertThat(next.base()).isEqualTo(1);
    }

    @Clause("vhost-user, Inflight I/O tracking")
    @ParameterizedTest
    @CsvSource({"2, 8", "1, 4", "1, 16"})
    void regionOfAnotherKindBreaksTheRing(int version, int descNum) {
        region.set(U16, VERSION, (short) version);
        region.set(U16, DESC_NUM, (short) descNum);

        expectBroken();
    }

    @Clause("vhost-user, Inflight I/O tracking")
    @Test
    void moreShownThanTheRingHoldsBreaksTheRing() {
        take(start(0));
        region.set(U16, USED_IDX, (short) (0 - SIZE - 1));

        expectBroken();
    }

    @Clause("vhost-user, Inflight I/O tracking")
    @Test
    void batchThatNamesNoDescriptorBreaksTheRing() {
        take(start(0));
        region.set(U16, USED_IDX, (short) (0 - 1));
        region.set(U16, LAST_BATCH_HEAD, (short) SIZE);

        expectBroken();
    }

    @Clause("vhost-user, Inflight I/O tracking")
    @Test
    void markBeyondTheQueueBreaksTheRing() {
        SplitVirtqueue larger = SplitVirtqueue.start(SIZE / 2, guest.addresses(), 0, 0, guest.lease(),
                SplitInflight.at(region.address(), SIZE, SIZE / 2));
        dead.add(larger);
        region.set(ValueLayout.JAVA_BYTE, desc(SIZE - 1), (byte) 1);
        SplitVirtqueue next = SplitVirtqueue.start(SIZE / 2, guest.addresses(), 0, 0, guest.lease(),
                SplitInflight.at(region.address(), SIZE, SIZE / 2));
        dead.add(next);

        assertThat(next.ringFault()).isEqualTo(ChainFault.INFLIGHT_REGION);
    }

    @Clause("vhost-user, Inflight I/O tracking")
    @Test
    void countersOfAStrangerOnlyOrder() {
        SplitVirtqueue queue = start(0);
        int first = take(queue);
        int second = take(queue);
        region.set(U64, desc(first) + COUNTER, -1L);
        region.set(U64, desc(second) + COUNTER, 5L);

        SplitVirtqueue next = start(0);

        assertThat(List.of(next.poll(), next.poll())).containsExactly(second, first);
    }

    private void expectBroken() {
        SplitVirtqueue queue = start(0);
        assertThat(queue.poll()).isEqualTo(Virtqueue.BROKEN);
        assertThat(queue.ringFault()).isEqualTo(ChainFault.INFLIGHT_REGION);
    }

    /** A back-end; the one before has died with all it had. */
    private SplitVirtqueue start(int base) {
        SplitVirtqueue queue = SplitVirtqueue.start(SIZE, guest.addresses(), FakeDriver.WITH_NOTHING, base,
                guest.lease(), SplitInflight.at(region.address(), SIZE, SIZE));
        dead.add(queue);
        return queue;
    }

    private int take(SplitVirtqueue queue) {
        int head = guest.offer(readable(new byte[] {1})).head();
        assertThat(queue.poll()).isEqualTo(head);
        return head;
    }

    private int u16(long offset) {
        return Short.toUnsignedInt(region.get(U16, offset));
    }

    private long counter(int head) {
        return region.get(U64, desc(head) + COUNTER);
    }

    private boolean isMarked(int head) {
        return region.get(ValueLayout.JAVA_BYTE, desc(head)) != 0;
    }

    private static long desc(int head) {
        return DESC + 16L * head;
    }
}
