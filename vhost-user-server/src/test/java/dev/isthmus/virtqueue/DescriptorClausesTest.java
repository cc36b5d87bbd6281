package dev.isthmus.virtqueue;

import static dev.isthmus.virtqueue.Buffer.bytes;
import static dev.isthmus.virtqueue.Buffer.readable;
import static dev.isthmus.virtqueue.Buffer.writable;
import static dev.isthmus.virtqueue.FakeDriver.INDIRECT;
import static dev.isthmus.virtqueue.FakeDriver.WITH_INDIRECT;
import static dev.isthmus.virtqueue.FakeDriver.WITH_NOTHING;
import static dev.isthmus.virtqueue.FakeDriver.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.spec.Clause;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What virtio 1.3, 2.7.4 and 2.7.5 ask of a device about descriptors. */
class DescriptorClausesTest {
    private final FakeDriver guest = FakeDriver.withQueueSize(16);

    @AfterEach
    void free() {
        guest.close();
    }

    @Clause("virtio 1.3, 2.7.4.1")
    @Test
    void everyCutOfAMessageIntoDescriptorsReadsTheSame() {
        byte[] message = bytes(8);
        try (SplitVirtqueue queue = guest.start(WITH_NOTHING)) {
            for (int cuts = 0; cuts < 1 << 7; cuts++) { // a bit for each place between two bytes
                guest.offer(cut(message, cuts, false));

                int head = queue.poll();

                assertThat(queue.chain(head).fault()).isEqualTo(ChainFault.NONE);
                assertThat(Pieces.read(queue.chain(head))).isEqualTo(message);
                handBack(queue, head, 0);
            }
        }
    }

    @Clause("virtio 1.3, 2.7.4.1")
    @Test
    void everyCutOfTheAnswersRoomIntoDescriptorsIsFilledInOrder() {
        byte[] answer = bytes(8);
        try (SplitVirtqueue queue = guest.start(WITH_NOTHING)) {
            for (int cuts = 0; cuts < 1 << 7; cuts++) {
                Chain chain = guest.offer(cut(answer, cuts, true));

                int head = queue.poll();
                handBack(queue, head, Pieces.write(queue.chain(head), answer));

                assertThat(chain.written()).isEqualTo(answer);
            }
        }
    }

    private static Buffer[] cut(byte[] message, int cuts, boolean writable) {
        Buffer[] parts = new Buffer[Integer.bitCount(cuts) + 1];
        int from = 0;
        int part = 0;
        for (int at = 1; at <= message.length; at++) {
            if (at == message.length || (cuts >> at - 1 & 1) == 1) {
                parts[part++] = writable ? writable(at - from) : readable(Arrays.copyOfRange(message, from, at));
                from = at;
            }
        }
        return parts;
    }

    private void handBack(SplitVirtqueue queue, int head, long length) {
        queue.addUsed(head, length);
        queue.publish();
        guest.takeUsed();
    }

    @Clause("virtio 1.3, 2.7.4.1")
    @Test
    void descriptorsWithoutBytesAreLegalAndGiveNoPiece() {
        guest.offer(readable(), readable(bytes(3)), readable(), writable(0), writable(2), writable(0));
        try (SplitVirtqueue queue = guest.start(WITH_NOTHING)) {
            DescriptorChain chain = queue.chain(queue.poll());

            assertThat(chain.fault()).isEqualTo(ChainFault.NONE);
            assertThat(chain.readableCount()).isEqualTo(1);
            assertThat(chain.writableCount()).isEqualTo(1);
            assertThat(chain.writableBytes()).isEqualTo(2);
        }
    }

    @Clause("virtio 1.3, 2.7.4.1")
    @Test
    void buffersMayCrossMemoryRegions() {
        Chain offered = guest.offer(readable(bytes(100)).acrossTheBorder());
        Chain other = guest.offer(writable(100).at(GuestRam.BORDER - 99));
        try (SplitVirtqueue queue = guest.start(WITH_NOTHING)) {
            DescriptorChain chain = queue.chain(queue.poll());
            assertThat(chain.count()).isEqualTo(2);
            assertThat(chain.readableBytes()).isEqualTo(100);
            Pieces.write(queue.chain(queue.poll()), bytes(100));

            assertThat(other.written()).isEqualTo(bytes(100));
            assertThat(offered.head()).isNotEqualTo(other.head());
        }
    }

    @Clause("virtio 1.3, 2.7.4.1")
    @Test
    void chainsAsLongAsTheQueueAreTakenWhole() {
        Buffer[] parts = new Buffer[16];
        Arrays.setAll(parts, i -> readable(new byte[] {(byte) i}));
        guest.offer(parts);
        try (SplitVirtqueue queue = guest.start(WITH_NOTHING)) {
            assertThat(Pieces.read(queue.chain(queue.poll())))
                    .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
        }
    }

    @Clause("virtio 1.3, 2.7.5.1")
    @Test
    void deviceReadablePiecesAreKeptApartFromWritableOnesAndStayAsTheyWere() {
        Chain chain = guest.offer(readable(bytes(5)), readable(bytes(70)), writable(9), writable(4));
        try (SplitVirtqueue queue = guest.start(WITH_NOTHING)) {
            Pieces.fillAll(queue, 0x11);
        }

        assertThat(chain.bytes(0)).isEqualTo(bytes(5));
        assertThat(chain.bytes(1)).isEqualTo(bytes(70));
        assertThat(chain.written()).hasSize(13).containsOnly(0x11);
    }

    @Clause("virtio 1.3, 2.7.5.1")
    @Test
    void deviceWritablePiecesAreNotReadAsInput() {
        guest.offer(readable(bytes(5)), writable(9));
        try (SplitVirtqueue queue = guest.start(WITH_NOTHING)) {
            assertThat(Pieces.read(queue.chain(queue.poll()))).isEqualTo(bytes(5));
        }
    }

    @Clause("virtio 1.3, 2.7.5.1")
    @Test
    void descriptorTablesAreNeverWritten() {
        guest.offer(readable(bytes(20)), writable(30));
        guest.offerIndirect(readable(bytes(20)), writable(30), writable(1));
        long indirect = guest.allocate(0) - 16 * 3 - 1;
        byte[] table = guest.descriptorTable();
        byte[] indirectTable = guest.ram().read(indirect, 48);
        try (SplitVirtqueue queue = guest.start(WITH_INDIRECT)) {
            Pieces.fillAll(queue, 0x22);
        }

        assertThat(guest.descriptorTable()).isEqualTo(table);
        assertThat(guest.ram().read(indirect, 48)).isEqualTo(indirectTable);
    }

    @Clause("virtio 1.3, 2.7.5.3.2")
    @Test
    void ignoresWriteFlagOfTheDescriptorThatRefersToAnIndirectTable() {
        guest.offerWithIndirect(0, WRITE, readable(bytes(16)), writable(7));
        guest.offerWithIndirect(1, WRITE, readable(bytes(16)), readable(bytes(4)), writable(7));
        try (SplitVirtqueue queue = guest.start(WITH_INDIRECT)) {
            DescriptorChain chain = queue.chain(queue.poll());
            assertThat(chain.fault()).isEqualTo(ChainFault.NONE);
            assertThat(chain.readableBytes()).isEqualTo(16);
            assertThat(chain.writableBytes()).isEqualTo(7);

            chain = queue.chain(queue.poll());
            assertThat(chain.fault()).isEqualTo(ChainFault.NONE);
            assertThat(chain.readableBytes()).isEqualTo(20);
        }
    }

    @Clause("virtio 1.3, 2.7.5.3.2")
    @Test
    void takesAnyNumberOfDirectDescriptorsBeforeAnIndirectOne() {
        try (SplitVirtqueue queue = guest.start(WITH_INDIRECT)) {
            for (int direct = 0; direct < 16; direct++) {
                Buffer[] parts = new Buffer[direct + 2];
                Arrays.setAll(parts, i -> readable(new byte[] {(byte) i}));
                parts[direct + 1] = writable(3);
                guest.offerWithIndirect(direct, 0, parts);

                int head = queue.poll();

                assertThat(queue.chain(head).fault()).isEqualTo(ChainFault.NONE);
                assertThat(Pieces.read(queue.chain(head))).hasSize(direct + 1).endsWith(direct);
                assertThat(queue.chain(head).writableBytes()).isEqualTo(3);
                handBack(queue, head, 0);
            }
        }
    }

    @Clause("virtio 1.3, 2.7.5.3.2")
    @Test
    void indirectTablesMayBeLongerThanTheQueueAndCrossMemoryRegions() {
        int entries = 126;
        long table = GuestRam.BORDER - 16 * 50 - 5; // an entry is cut in two as well
        long data = guest.allocate(entries);
        for (int i = 0; i < entries; i++) {
            guest.ram().putU8(data + i, i);
            guest.descriptorAt(table + 16L * i, data + i, 1, i < entries - 1 ? 1 : 0, i + 1);
        }
        guest.descriptor(5, table, 16L * entries, INDIRECT, 0);
        guest.makeAvailable(5);
        try (SplitVirtqueue queue = guest.start(WITH_INDIRECT)) {
            DescriptorChain chain = queue.chain(queue.poll());

            assertThat(chain.fault()).isEqualTo(ChainFault.NONE);
            assertThat(Pieces.read(chain)).isEqualTo(guest.ram().read(data, entries));
        }
    }
}
