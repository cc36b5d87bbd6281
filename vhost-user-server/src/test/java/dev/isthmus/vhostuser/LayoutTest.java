package dev.isthmus.vhostuser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.spec.Clause;
import org.junit.jupiter.api.Test;

/** Offsets and sizes against the numbers of the specification's tables. */
class LayoutTest {
    @Clause("vhost-user, Header")
    @Test
    void headerIsRequestFlagsSize() {
        assertThat(HeaderLayout.REQUEST).isZero();
        assertThat(HeaderLayout.FLAGS).isEqualTo(4);
        assertThat(HeaderLayout.SIZE).isEqualTo(8);
        assertThat(HeaderLayout.BYTES).isEqualTo(12);
        assertThat(HeaderLayout.VERSION).isEqualTo(1);
        assertThat(HeaderLayout.VERSION_MASK).isEqualTo(0b11);
        assertThat(HeaderLayout.REPLY).isEqualTo(0b100);
        assertThat(HeaderLayout.NEED_REPLY).isEqualTo(0b1000);
    }

    @Clause("vhost-user, A vring state description")
    @Test
    void vringStateIsIndexNum() {
        assertThat(VringStateLayout.INDEX).isZero();
        assertThat(VringStateLayout.NUM).isEqualTo(4);
        assertThat(VringStateLayout.BYTES).isEqualTo(8);
        assertThat(VringStateLayout.BASE_MAX).isEqualTo(65535);
    }

    @Clause("vhost-user, A vring address description")
    @Test
    void vringAddressHasUsedBeforeAvailable() {
        assertThat(VringAddressLayout.INDEX).isZero();
        assertThat(VringAddressLayout.FLAGS).isEqualTo(4);
        assertThat(VringAddressLayout.DESCRIPTOR).isEqualTo(8);
        assertThat(VringAddressLayout.USED).isEqualTo(16);
        assertThat(VringAddressLayout.AVAILABLE).isEqualTo(24);
        assertThat(VringAddressLayout.LOG).isEqualTo(32);
        assertThat(VringAddressLayout.BYTES).isEqualTo(40);
        assertThat(VringAddressLayout.FLAG_LOG).isEqualTo(1);
    }

    @Clause("vhost-user, Front-end message types")
    @Test
    void vringDescriptorPayloadHasIndexInEightBitsAndNoDescriptorInBitEight() {
        assertThat(VringFdLayout.BYTES).isEqualTo(8);
        assertThat(VringFdLayout.INDEX_MASK).isEqualTo(255);
        assertThat(VringFdLayout.NO_FD).isEqualTo(256);
    }

    @Clause("vhost-user, Memory region description")
    @Clause("vhost-user, Single memory region description")
    @Clause("vhost-user, Multiple Memory regions description")
    @Test
    void memoryRegionIsGuestAddressSizeUserAddressMmapOffset() {
        assertThat(MemoryRegionLayout.GUEST_ADDRESS).isZero();
        assertThat(MemoryRegionLayout.SIZE).isEqualTo(8);
        assertThat(MemoryRegionLayout.USER_ADDRESS).isEqualTo(16);
        assertThat(MemoryRegionLayout.MMAP_OFFSET).isEqualTo(24);
        assertThat(MemoryRegionLayout.BYTES).isEqualTo(32);
        assertThat(MemoryRegionLayout.TABLE_COUNT).isZero();
        assertThat(MemoryRegionLayout.TABLE_REGIONS).isEqualTo(8);
        assertThat(MemoryRegionLayout.tableBytes(8)).isEqualTo(264);
        assertThat(MemoryRegionLayout.SINGLE_REGION).isEqualTo(8);
        assertThat(MemoryRegionLayout.SINGLE_BYTES).isEqualTo(40);
    }

    @Clause("vhost-user, Virtio device config space")
    @Test
    void configIsOffsetSizeFlagsContents() {
        assertThat(ConfigLayout.OFFSET).isZero();
        assertThat(ConfigLayout.SIZE).isEqualTo(4);
        assertThat(ConfigLayout.FLAGS).isEqualTo(8);
        assertThat(ConfigLayout.CONTENTS).isEqualTo(12);
        assertThat(ConfigLayout.BYTES).isEqualTo(12);
    }

    @Test
    void largestPayloadIsThatOfTheConfigMessages() {
        assertThat(Limits.PAYLOAD_BYTES_MAX).isEqualTo(268);
        assertThat(FrontendRequest.values()).allMatch(request -> request.payload().max() <= 268);
    }
}
