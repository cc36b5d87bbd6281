package dev.isthmus.virtqueue;

import static dev.isthmus.virtqueue.Buffer.bytes;
import static dev.isthmus.virtqueue.Buffer.readable;
import static dev.isthmus.virtqueue.Buffer.writable;
import static dev.isthmus.virtqueue.FakeDriver.INDIRECT;
import static dev.isthmus.virtqueue.FakeDriver.NEXT;
import static dev.isthmus.virtqueue.FakeDriver.WITH_INDIRECT;
import static dev.isthmus.virtqueue.FakeDriver.WITH_NOTHING;
import static dev.isthmus.virtqueue.FakeDriver.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.memory.GuestMemory;
import dev.isthmus.memory.GuestMemoryLease;
import dev.isthmus.spec.Clause;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One way at least to reach each fault, and what is left of the chain or the ring. */
class ChainFaultTest {
    private static final long NOWHERE = 0x5000_0000L;

    private final FakeDriver guest = FakeDriver.withQueueSize(8);
    private final long buffer = guest.allocate(64);

    @AfterEach
    void free() {
        guest.close();
    }

    /** Makes head 0 available and returns the chain there. */
    private DescriptorChain walked(SplitVirtqueue queue) {
        guest.makeAvailable(0);
        assertThat(queue.poll()).isZero();
        return queue.chain(0);
    }

    private ChainFault faultOfHeadZero(long features) {
        try (SplitVirtqueue queue = guest.start(features)) {
            ChainFault fault = walked(queue).fault();
            assertThat(queue.ringFault()).isEqualTo(ChainFault.NONE);
            assertThat(fault.isOfRing()).isFalse();
            return fault;
        }
    }

    private void expectBroken(SplitVirtqueue queue, ChainFault fault) {
        assertThat(queue.poll()).isEqualTo(Virtqueue.BROKEN);
        assertThat(queue.ringFault()).isEqualTo(fault);
        assertThat(fault.isOfRing()).isTrue();
        assertThat(queue.poll()).as("stays broken").isEqualTo(Virtqueue.BROKEN);
        assertThat(queue.awaitNotification()).isFalse();
    }

    @Clause("virtio 1.3, 2.7.6.1")
    @ParameterizedTest
    @ValueSource(ints = {9, 10, 32768, 65535})
    void availIndexTooFarBreaksTheRing(int index) {
        guest.availableIndex(index);
        try (SplitVirtqueue queue = guest.start(WITH_NOTHING)) {
            expectBroken(queue, ChainFault.AVAIL_INDEX_TOO_FAR);
        }
    }

    @Test
    void availIndexTooFarIsSeenWhenAskingForNotificationsToo() {
        guest.availableIndex(9);
        try (SplitVirtqueue queue = guest.start(WITH_NOTHING)) {
            assertThat(queue.awaitNotification()).as("the worker is to look").isTrue();
            expectBroken(queue, ChainFault.AVAIL_INDEX_TOO_FAR);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 9, 32768, 65535})
    void headOutOfRangeBreaksTheRing(int head) {
        guest.makeAvailable(head);
        try (SplitVirtqueue queue = guest.start(WITH_NOTHING)) {
            expectBroken(queue, ChainFault.HEAD_OUT_OF_RANGE);
        }
    }

    @Test
    void headAlreadyInFlightBreaksTheRingAndTheFirstCanStillBeHandedBack() {
        guest.descriptor(0, buffer, 4, WRITE, 0);
        guest.makeAvailable(0);
        guest.makeAvailable(0);
        try (SplitVirtqueue queue = guest.start(WITH_NOTHING)) {
            assertThat(queue.poll()).isZero();
            expectBroken(queue, ChainFault.HEAD_ALREADY_IN_FLIGHT);

            queue.addUsed(0, 4);
            assertThat(queue.publish()).isTrue();
            assertThat(guest.usedIndex()).isEqualTo(1);
        }
    }

    @Test
    void ringNotMappedBreaksTheRingAtStart() {
        try (SplitVirtqueue queue = SplitVirtqueue.start(8, guest.addresses(), 0, 0, new GuestMemoryLease(
                GuestMemory.EMPTY), null)) {
            expectBroken(queue, ChainFault.RING_NOT_MAPPED);
            assertThat(queue.publish()).isFalse();
        }
    }

    @Clause("virtio 1.3, 2.7.5")
    @ParameterizedTest
    @ValueSource(ints = {8, 9, 65535})
    void nextOutOfRangeEndsTheChain(int next) {
        guest.descriptor(0, buffer, 4, NEXT, next);
        assertThat(faultOfHeadZero(WITH_NOTHING)).isEqualTo(ChainFault.NEXT_OUT_OF_RANGE);
    }

    @Clause("virtio 1.3, 2.7.5.3.1")
    @Test
    void nextOutOfRangeOfAnIndirectTableEndsTheChain() {
        guest.descriptorAt(buffer, buffer, 4, NEXT, 2);
        guest.descriptorAt(buffer + 16, buffer, 4, 0, 0);
        guest.descriptor(0, buffer, 32, INDIRECT, 0);
        assertThat(faultOfHeadZero(WITH_INDIRECT)).isEqualTo(ChainFault.NEXT_OUT_OF_RANGE);
    }

    @Clause("virtio 1.3, 2.7.5.2")
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 7})
    void tooLongIsEveryLoopOfDirectDescriptors(int back) {
        for (int i = 0; i < 8; i++) {
            guest.descriptor(i, buffer, 1, NEXT, i < 7 ? i + 1 : back);
        }
        assertThat(faultOfHeadZero(WITH_NOTHING)).isEqualTo(ChainFault.TOO_LONG);
    }

    @Clause("virtio 1.3, 2.7.5.2")
    @Test
    void tooLongIsALoopInAnIndirectTable() {
        guest.descriptorAt(buffer, buffer, 1, NEXT, 1);
        guest.descriptorAt(buffer + 16, buffer, 1, NEXT, 0);
        guest.descriptor(0, buffer, 32, INDIRECT, 0);
        assertThat(faultOfHeadZero(WITH_INDIRECT)).isEqualTo(ChainFault.TOO_LONG);
    }

    @Clause("virtio 1.3, 2.7.5.2")
    @Test
    void tooManyBytesIsMoreThanFourGigabytesOverAllDescriptors() {
        guest.descriptor(0, buffer, 2, NEXT, 1);
        guest.descriptor(1, NOWHERE, 0xffff_ffffL, WRITE, 0);
        assertThat(faultOfHeadZero(WITH_NOTHING)).isEqualTo(ChainFault.TOO_MANY_BYTES);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, GuestRam.LOW - 1, GuestRam.END - 63, GuestRam.END, NOWHERE, GuestRam.USER + GuestRam.LOW,
        -64, -1, Long.MIN_VALUE, Long.MAX_VALUE})
    void bufferNotMappedIsAnyBufferWithAByteOutsideGuestMemory(long address) {
        guest.descriptor(0, address, 64, 0, 0);
        assertThat(faultOfHeadZero(WITH_NOTHING)).isEqualTo(ChainFault.BUFFER_NOT_MAPPED);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, GuestRam.END - 31, NOWHERE, GuestRam.USER + GuestRam.LOW, -32, -1})
    void bufferNotMappedIsAnIndirectTableWithAByteOutsideGuestMemory(long address) {
        guest.descriptor(0, address, 32, INDIRECT, 0);
        assertThat(faultOfHeadZero(WITH_INDIRECT)).isEqualTo(ChainFault.BUFFER_NOT_MAPPED);
    }

    @Clause("virtio 1.3, 2.7.4.2")
    @Test
    void readableAfterWritableIsRefused() {
        guest.descriptor(0, buffer, 4, NEXT, 1);
        guest.descriptor(1, buffer, 4, NEXT | WRITE, 2);
        guest.descriptor(2, buffer, 4, 0, 0);
        assertThat(faultOfHeadZero(WITH_NOTHING)).isEqualTo(ChainFault.READABLE_AFTER_WRITABLE);
    }

    @Clause("virtio 1.3, 2.7.4.2")
    @Test
    void readableAfterWritableIsRefusedThoughTheWritableOneHasNoBytes() {
        guest.descriptor(0, buffer, 0, NEXT | WRITE, 1);
        guest.descriptor(1, buffer, 4, 0, 0);
        assertThat(faultOfHeadZero(WITH_NOTHING)).isEqualTo(ChainFault.READABLE_AFTER_WRITABLE);
    }

    @Clause("virtio 1.3, 2.7.5.3.1")
    @Test
    void indirectNotNegotiatedIsRefused() {
        guest.descriptorAt(buffer, buffer, 4, 0, 0);
        guest.descriptor(0, buffer, 16, INDIRECT, 0);
        assertThat(faultOfHeadZero(WITH_NOTHING)).isEqualTo(ChainFault.INDIRECT_NOT_NEGOTIATED);
    }

    @Clause("virtio 1.3, 2.7.5.3.1")
    @Test
    void indirectInsideIndirectIsRefused() {
        guest.descriptorAt(buffer, buffer + 16, 16, INDIRECT, 0);
        guest.descriptor(0, buffer, 16, INDIRECT, 0);
        assertThat(faultOfHeadZero(WITH_INDIRECT)).isEqualTo(ChainFault.INDIRECT_INSIDE_INDIRECT);
    }

    @Clause("virtio 1.3, 2.7.5.3.1")
    @Test
    void indirectWithNextIsRefused() {
        guest.descriptorAt(buffer, buffer, 4, 0, 0);
        guest.descriptor(0, buffer, 16, INDIRECT | NEXT, 1);
        assertThat(faultOfHeadZero(WITH_INDIRECT)).isEqualTo(ChainFault.INDIRECT_WITH_NEXT);
    }

    @Clause("virtio 1.3, 2.7.5.3.1")
    @ParameterizedTest
    @ValueSource(longs = {0, 1, 15, 17, 31, 1025 * 16, 0xffff_fff0L, 0xffff_ffffL})
    void indirectTableLengthMustBeAMultipleOf16WithinTheLimit(long length) {
        guest.descriptor(0, GuestRam.LOW, length, INDIRECT, 0);
        assertThat(faultOfHeadZero(WITH_INDIRECT)).isEqualTo(ChainFault.INDIRECT_TABLE_LENGTH);
    }

    @Test
    void faultyChainsStillSayWhereTheirLastWritableByteIs() {
        guest.descriptor(0, NOWHERE, 16, NEXT, 1);
        guest.descriptor(1, buffer, 5, WRITE, 0);
        try (SplitVirtqueue queue = guest.start(WITH_NOTHING)) {
            DescriptorChain chain = walked(queue);
            assertThat(chain.fault()).isEqualTo(ChainFault.BUFFER_NOT_MAPPED);
            assertThat(chain.lastWritableByte()).isEqualTo(guest.memory().hostAddress(buffer + 4, 1));
        }
    }

    @Test
    void faultyChainsWhoseLastWritableByteIsNowhereSaySo() {
        guest.descriptor(0, buffer, 5, WRITE | NEXT, 1);
        guest.descriptor(1, NOWHERE, 5, WRITE, 0);
        try (SplitVirtqueue queue = guest.start(WITH_NOTHING)) {
            assertThat(walked(queue).lastWritableByte()).isZero();
        }
    }

    @Test
    void chainsOfOneFaultDoNotSpoilTheNext() {
        guest.descriptor(0, NOWHERE, 16, 0, 0);
        try (SplitVirtqueue queue = guest.start(WITH_NOTHING)) {
            assertThat(walked(queue).fault()).isEqualTo(ChainFault.BUFFER_NOT_MAPPED);
            queue.addUsed(0, 0);
            guest.descriptor(0, buffer, 16, WRITE, 0);
            assertThat(walked(queue).fault()).isEqualTo(ChainFault.NONE);

            guest.offer(readable(bytes(3)), writable(1));
            assertThat(Pieces.read(queue.chain(queue.poll()))).isEqualTo(bytes(3));
        }
    }
}
