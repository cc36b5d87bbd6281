package dev.isthmus.blk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.blk.store.BlockLimits;
import dev.isthmus.blk.store.BlockStore;
import dev.isthmus.spec.Clause;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a block device offers and shows before it has any request: virtio 1.3, 2.2.2, 2.5.2, 5.2.3 to 5.2.5. */
class BlkFeatureClausesTest {
    private static final BlockLimits PLAIN = new BlockLimits(3L << 20, 512, 4096, 65536, false, true, true, 8192);
    private static final BlockLimits NO_DISCARD = new BlockLimits(3L << 20, 4096, 4096, 0, false, false, true, 4096);
    private static final BlockLimits READ_ONLY = RecordingStore.readOnly(3L << 20);

    private final List<BlkDevice> devices = new ArrayList<>();

    @AfterEach
    void free() throws IOException {
        for (BlkDevice device : devices) {
            device.close();
        }
    }

    private BlkDevice device(BlockLimits limits) {
        return device(RecordingStore.of(limits), 3);
    }

    private BlkDevice device(BlockStore store, int queues) {
        BlkDevice device = BlkDevice.create("disk", new BlkDeviceOptions("", queues, null), store);
        devices.add(device);
        return device;
    }

    private static boolean offers(BlkDevice device, int bit) {
        return (device.features() >>> bit & 1) == 1;
    }

    private static long le(byte[] config, int offset, int bytes) {
        long value = 0;
        for (int i = bytes - 1; i >= 0; i--) {
            value = value << 8 | config[offset + i] & 0xff;
        }
        return value;
    }

    @Clause("virtio 1.3, 2.2.2")
    @Test
    void onlyWhatWorksIsOffered() {
        // SIZE_MAX, SEG_MAX, GEOMETRY, BLK_SIZE, FLUSH, TOPOLOGY, MQ; CONFIG_WCE, DISCARD, WRITE_ZEROES or RO.
        long always = 1 << 1 | 1 << 2 | 1 << 4 | 1 << 6 | 1 << 9 | 1 << 10 | 1 << 12;
        assertThat(device(PLAIN).features()).isEqualTo(always | 1 << 11 | 1 << 13 | 1 << 14);
        assertThat(device(NO_DISCARD).features()).isEqualTo(always | 1 << 11 | 1 << 14);
        assertThat(device(READ_ONLY).features()).isEqualTo(always | 1 << 5);
    }

    @Clause("virtio 1.3, 2.2.2")
    @Clause("virtio 1.3, 5.2.5.2")
    @Test
    void flushIsAlwaysOfferedAndWithItWhatNeedsIt() {
        for (BlockLimits limits : List.of(PLAIN, NO_DISCARD, READ_ONLY)) {
            assertThat(offers(device(limits), 9)).isTrue();
        }
    }

    @Clause("virtio 1.3, 5.2.5.2")
    @Clause("virtio 1.3, 5.2.6.2")
    @Test
    void neitherZonesNorSecureEraseNorLifetimeAreOffered() {
        for (BlockLimits limits : List.of(PLAIN, NO_DISCARD, READ_ONLY)) {
            assertThat(offers(device(limits), 15)).as("LIFETIME").isFalse();
            assertThat(offers(device(limits), 16)).as("SECURE_ERASE").isFalse();
            assertThat(offers(device(limits), 17)).as("ZONED").isFalse();
        }
    }

    @Clause("virtio 1.3, 2.2.2")
    @Test
    void everySubsetOfWhatIsOfferedIsAccepted() throws IOException {
        BlkDevice device = device(PLAIN);
        long offered = device.features();
        long subset = offered;
        int accepted = 0;
        while (true) { // all subsets of a set of bits, from the set itself down to none
            device.start(subset);
            device.stop();
            accepted++;
            if (subset == 0) {
                break;
            }
            subset = subset - 1 & offered;
        }
        assertThat(accepted).isEqualTo(1 << Long.bitCount(offered));
    }

    @Clause("virtio 1.3, 2.2.2")
    @Test
    void featuresOnceAcceptedAreOfferedAndAcceptedAgain() throws IOException {
        BlkDevice device = device(PLAIN);
        long offered = device.features();
        for (int i = 0; i < 3; i++) {
            device.start(offered);
            device.stop();
            assertThat(device.features()).isEqualTo(offered);
        }
    }

    @Clause("virtio 1.3, 2.5.2")
    @Clause("virtio 1.3, 5.2.4")
    @Test
    void everyFieldOfConfigurationSpaceIsReadableBeforeNegotiation() {
        byte[] config = device(PLAIN).configuration();

        assertThat(config).hasSize(60);
        assertThat(le(config, 0, 8)).as("capacity").isEqualTo(6144);
        assertThat(le(config, 8, 4)).as("size_max").isEqualTo(1 << 20);
        assertThat(le(config, 12, 4)).as("seg_max").isEqualTo(126);
        assertThat(le(config, 16, 2)).as("cylinders").isEqualTo(6144 / (16 * 63));
        assertThat(le(config, 18, 1)).as("heads").isEqualTo(16);
        assertThat(le(config, 19, 1)).as("sectors").isEqualTo(63);
        assertThat(le(config, 20, 4)).as("blk_size").isEqualTo(512);
        assertThat(le(config, 24, 1)).as("physical_block_exp").isEqualTo(3);
        assertThat(le(config, 25, 1)).as("alignment_offset").isZero();
        assertThat(le(config, 26, 2)).as("min_io_size").isEqualTo(8);
        assertThat(le(config, 28, 4)).as("opt_io_size").isEqualTo(128);
        assertThat(le(config, 32, 1)).as("writeback").isEqualTo(1);
        assertThat(le(config, 34, 2)).as("num_queues").isEqualTo(3);
        assertThat(le(config, 36, 4)).as("max_discard_sectors").isEqualTo(0x40_0000);
        assertThat(le(config, 40, 4)).as("max_discard_seg").isEqualTo(16);
        assertThat(le(config, 44, 4)).as("discard_sector_alignment").isEqualTo(16);
        assertThat(le(config, 48, 4)).as("max_write_zeroes_sectors").isEqualTo(0x2_0000);
        assertThat(le(config, 52, 4)).as("max_write_zeroes_seg").isEqualTo(16);
        assertThat(le(config, 56, 1)).as("write_zeroes_may_unmap").isEqualTo(1);
    }

    @Clause("virtio 1.3, 5.2.4")
    @Test
    void blockSizesAreInUnitsOfTheLogicalBlock() {
        byte[] config = device(new BlockLimits(1 << 20, 4096, 8192, 1 << 20, false, true, true, 8192))
                .configuration();

        assertThat(le(config, 0, 8)).as("capacity, always sectors").isEqualTo(2048);
        assertThat(le(config, 20, 4)).as("blk_size").isEqualTo(4096);
        assertThat(le(config, 24, 1)).as("physical_block_exp").isEqualTo(1);
        assertThat(le(config, 26, 2)).as("min_io_size").isEqualTo(2);
        assertThat(le(config, 28, 4)).as("opt_io_size").isEqualTo(256);
        assertThat(le(config, 44, 4)).as("discard_sector_alignment").isEqualTo(16);
    }

    @Clause("virtio 1.3, 5.2.5.2")
    @Test
    void paddingIsZero() {
        for (BlockLimits limits : List.of(PLAIN, NO_DISCARD, READ_ONLY)) {
            byte[] config = device(limits).configuration();
            assertThat(config[33]).as("unused0").isZero();
            assertThat(le(config, 57, 3)).as("unused1").isZero();
        }
    }

    @Clause("virtio 1.3, 5.2.5.2")
    @Test
    void zonedFieldsAreNotThere() {
        assertThat(device(PLAIN).configuration()).hasSizeLessThanOrEqualTo(72);
    }

    @Clause("virtio 1.3, 5.2.6.2")
    @Test
    void writeZeroesMayUnmapSaysWhetherTheStoreCanFree() {
        assertThat(device(PLAIN).configuration()[56]).isEqualTo((byte) 1);
        assertThat(device(NO_DISCARD).configuration()[56]).isZero();
        assertThat(device(READ_ONLY).configuration()[56]).isZero();
    }

    @Clause("virtio 1.3, 5.2.6.2")
    @Test
    void changedCapacityIsShownAndTold() throws IOException {
        RecordingStore store = RecordingStore.of(PLAIN);
        BlkDevice device = device(store, 1);
        var told = new AtomicInteger();
        device.onConfigurationChange(told::incrementAndGet);
        device.refresh();
        assertThat(told).as("nothing changed").hasValue(0);

        store.becomes(new BlockLimits(4L << 20, 512, 4096, 65536, false, true, true, 8192));
        device.refresh();

        assertThat(told).hasValue(1);
        assertThat(le(device.configuration(), 0, 8)).isEqualTo(8192);
    }

    @Clause("virtio 1.3, 5.2.6.2")
    @Test
    void changedAbilityToFreeIsShownAndTold() throws IOException {
        RecordingStore store = RecordingStore.of(PLAIN);
        BlkDevice device = device(store, 1);
        var told = new AtomicInteger();
        device.onConfigurationChange(told::incrementAndGet);

        store.becomes(new BlockLimits(3L << 20, 512, 4096, 65536, false, false, true, 8192));
        device.refresh();

        assertThat(device.configuration()[56]).isZero();
        assertThat(told).hasValue(1);
    }
}
