package dev.isthmus.virtqueue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.spec.Clause;
import org.junit.jupiter.api.Test;

/** Offsets, sizes and bits against numbers written down from the text. */
class SplitLayoutTest {

    @Clause("virtio 1.3, 2.7.5")
    @Test
    void descriptorsAreSixteenBytes() {
        assertThat(VirtqDesc.ADDR).isEqualTo(0);
        assertThat(VirtqDesc.LEN).isEqualTo(8);
        assertThat(VirtqDesc.FLAGS).isEqualTo(12);
        assertThat(VirtqDesc.NEXT).isEqualTo(14);
        assertThat(VirtqDesc.BYTES).isEqualTo(16);
        assertThat(VirtqDesc.F_NEXT).isEqualTo(1);
        assertThat(VirtqDesc.F_WRITE).isEqualTo(2);
        assertThat(VirtqDesc.F_INDIRECT).isEqualTo(4);
    }

    @Clause("virtio 1.3, 2.7")
    @Test
    void partsHaveTheAlignmentAndSizeOfTheTable() {
        assertThat(VirtqDesc.ALIGNMENT).isEqualTo(16);
        assertThat(VirtqAvail.ALIGNMENT).isEqualTo(2);
        assertThat(VirtqUsed.ALIGNMENT).isEqualTo(4);
        for (int size = 1; size <= 32768; size *= 2) {
            assertThat(VirtqAvail.bytes(size)).isEqualTo(6 + 2L * size);
            assertThat(VirtqUsed.bytes(size)).isEqualTo(6 + 8L * size);
        }
        assertThat(Limits.QUEUE_SIZE_MAX).isEqualTo(32768);
    }

    @Clause("virtio 1.3, 2.7.6")
    @Test
    void availableRingHasUsedEventBehindItsEntries() {
        assertThat(VirtqAvail.FLAGS).isEqualTo(0);
        assertThat(VirtqAvail.IDX).isEqualTo(2);
        assertThat(VirtqAvail.RING).isEqualTo(4);
        assertThat(VirtqAvail.ENTRY_BYTES).isEqualTo(2);
        assertThat(VirtqAvail.usedEvent(256)).isEqualTo(516);
        assertThat(VirtqAvail.F_NO_INTERRUPT).isEqualTo(1);
    }

    @Clause("virtio 1.3, 2.7.8")
    @Test
    void usedRingHasAvailEventBehindItsEntries() {
        assertThat(VirtqUsed.FLAGS).isEqualTo(0);
        assertThat(VirtqUsed.IDX).isEqualTo(2);
        assertThat(VirtqUsed.RING).isEqualTo(4);
        assertThat(VirtqUsed.ENTRY_BYTES).isEqualTo(8);
        assertThat(VirtqUsed.ENTRY_LEN).isEqualTo(4);
        assertThat(VirtqUsed.availEvent(256)).isEqualTo(2052);
        assertThat(VirtqUsed.F_NO_NOTIFY).isEqualTo(1);
    }

    @Clause("virtio 1.3, 2.2.2")
    @Clause("virtio 1.3, 6.2")
    @Test
    void offeredQueueFeaturesAreIndirectEventIndexAndVersionOne() {
        long expected = 1L << 28 | 1L << 29 | 1L << 32;
        assertThat(VirtqueueFeatures.ALL).isEqualTo(expected);
    }

    @Clause("virtio 1.3, 2.7.1")
    @Test
    void misalignedOrUnmappedPartsAreToldApart() {
        try (FakeDriver guest = FakeDriver.withQueueSize(8)) {
            SplitAddresses good = guest.addresses();
            assertThat(good.problem(guest.memory(), 8)).isEmpty();
            for (int off = 1; off < 16; off++) {
                assertThat(new SplitAddresses(good.descriptorTable() + off, good.availableRing(), good.usedRing())
                        .problem(guest.memory(), 8)).startsWith("descriptor table").contains("16-byte");
            }
            assertThat(new SplitAddresses(good.descriptorTable(), good.availableRing() + 1, good.usedRing())
                    .problem(guest.memory(), 8)).startsWith("available ring").contains("2-byte");
            for (int off = 1; off < 4; off++) {
                assertThat(new SplitAddresses(good.descriptorTable(), good.availableRing(), good.usedRing() + off)
                        .problem(guest.memory(), 8)).startsWith("used ring").contains("4-byte");
            }
        }
    }

    @Clause("virtio 1.3, 2.7.1")
    @Test
    void ringsMayNotLeaveTheirMemoryRegionByOneByte() {
        try (FakeDriver guest = FakeDriver.withQueueSize(8)) {
            long end = GuestRam.USER + GuestRam.RINGS_END;
            long start = GuestRam.USER + GuestRam.RINGS;
            assertThat(new SplitAddresses(end - 128, start, start).problem(guest.memory(), 8)).isEmpty();
            assertThat(new SplitAddresses(end - 112, start, start).problem(guest.memory(), 8))
                    .startsWith("descriptor table");
            assertThat(new SplitAddresses(start, end - 22, start).problem(guest.memory(), 8)).isEmpty();
            assertThat(new SplitAddresses(start, end - 20, start).problem(guest.memory(), 8))
                    .startsWith("available ring");
            assertThat(new SplitAddresses(start, start, end - 72).problem(guest.memory(), 8)).isEmpty();
            assertThat(new SplitAddresses(start, start, end - 68).problem(guest.memory(), 8)).startsWith("used ring");
            // Two regions that meet in user addresses are not one.
            assertThat(new SplitAddresses(GuestRam.USER + GuestRam.BORDER - 64, start, start).problem(guest.memory(),
                    8)).startsWith("descriptor table");
            // A guest address is no user address.
            assertThat(new SplitAddresses(GuestRam.RINGS, start, start).problem(guest.memory(), 8))
                    .startsWith("descriptor table");
        }
    }
}
