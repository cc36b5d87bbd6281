package dev.isthmus.blk;

import static dev.isthmus.blk.BlkRig.FLUSH;
import static dev.isthmus.blk.BlkRig.F_CONFIG_WCE;
import static dev.isthmus.blk.BlkRig.F_FLUSH;
import static dev.isthmus.blk.BlkRig.OUT;
import static dev.isthmus.blk.BlkRig.WRITEBACK;
import static dev.isthmus.blk.BlkRig.header;
import static dev.isthmus.virtqueue.Buffer.bytes;
import static dev.isthmus.virtqueue.Buffer.readable;
import static dev.isthmus.virtqueue.Buffer.writable;
import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.blk.store.StoreOperation;
import dev.isthmus.spec.Clause;
import dev.isthmus.virtqueue.Chain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a write is stable: virtio 1.3, 5.2.5.2 and 5.2.6.2. The store is told so by {@code durable}. */
class BlkWriteCacheClausesTest {
    private static final byte[] ON = {1};
    private static final byte[] OFF = {0};

    private final RecordingStore store = RecordingStore.of(1 << 20);

    private boolean isWriteDurable(BlkRig rig) {
        rig.write(0, bytes(512));
        return store.seen.getLast().durable();
    }

    @Clause("virtio 1.3, 5.2.6.2")
    @Test
    void writesAreStableForADriverThatCanNeitherFlushNorChoose() {
        try (BlkRig rig = BlkRig.with(store, ~(F_FLUSH | F_CONFIG_WCE))) {
            assertThat(isWriteDurable(rig)).isTrue();
        }
    }

    @Clause("virtio 1.3, 5.2.6.2")
    @Test
    void writesAreNotMadeStableForADriverThatFlushes() {
        try (BlkRig rig = BlkRig.with(store, ~F_CONFIG_WCE)) {
            assertThat(isWriteDurable(rig)).isFalse();
        }
        try (BlkRig rig = BlkRig.with(RecordingStore.of(1 << 20))) {
            assertThat(rig.device.configuration()[WRITEBACK]).isEqualTo((byte) 1);
        }
    }

    @Clause("virtio 1.3, 5.2.6.2")
    @Test
    void writesAreStableWhileTheDriverHasWritebackOff() {
        try (BlkRig rig = BlkRig.with(store)) {
            assertThat(isWriteDurable(rig)).isFalse();
            assertThat(rig.device.writeConfiguration(WRITEBACK, OFF)).isTrue();
            assertThat(rig.device.configuration()[WRITEBACK]).isZero();
            assertThat(isWriteDurable(rig)).isTrue();
            assertThat(rig.device.writeConfiguration(WRITEBACK, ON)).isTrue();
            assertThat(rig.device.configuration()[WRITEBACK]).isEqualTo((byte) 1);
            assertThat(isWriteDurable(rig)).isFalse();
        }
    }

    @Clause("virtio 1.3, 5.2.5.2")
    @Test
    void writebackBeginsAsZeroForADriverThatChoosesButCannotFlush() {
        try (BlkRig rig = BlkRig.with(store, ~F_FLUSH)) {
            assertThat(rig.device.configuration()[WRITEBACK]).isZero();
            assertThat(isWriteDurable(rig)).isTrue();
        }
    }

    @Clause("virtio 1.3, 5.2.6.2")
    @Test
    void flushesAreAnsweredWhenTheStoreHasFlushedAndNotBefore() {
        try (BlkRig rig = BlkRig.with(store)) {
            rig.write(0, bytes(512));
            store.hold();
            Chain flush = rig.guest.offer(readable(header(FLUSH, 0)), writable(1));
            rig.turn();
            rig.guest.expectNothingUsed();
            assertThat(flush.isUntouched()).isTrue();
            assertThat(store.seen.getLast().operation()).isEqualTo(StoreOperation.FLUSH);

            store.letGo();
            rig.turn();
            rig.guest.expectUsed(flush, 1);
            assertThat(flush.lastByte()).isZero();
        }
    }

    @Clause("virtio 1.3, 5.2.6.2")
    @Test
    void writesAreAnsweredWhenTheStoreHasWrittenAndNotBefore() {
        try (BlkRig rig = BlkRig.with(store)) {
            store.hold();
            Chain write = rig.guest.offer(readable(header(OUT, 0)), readable(bytes(512)), writable(1));
            rig.turn();
            rig.guest.expectNothingUsed();

            store.letGo();
            rig.turn();
            rig.guest.expectUsed(write, 1);
        }
    }

    @Clause("virtio 1.3, 5.2.6.2")
    @Test
    void changingWritebackLeavesWritesInFlightAsTheyWere() {
        try (BlkRig rig = BlkRig.with(store)) {
            rig.device.writeConfiguration(WRITEBACK, OFF);
            store.hold();
            Chain write = rig.guest.offer(readable(header(OUT, 0)), readable(bytes(512)), writable(1));
            rig.turn();
            rig.device.writeConfiguration(WRITEBACK, ON);
            store.letGo();
            rig.turn();

            rig.guest.expectUsed(write, 1);
            assertThat(store.seen.getLast().durable()).isTrue();
        }
    }

    @Clause("virtio 1.3, 5.2.5.2")
    @Test
    void nothingElseInConfigurationSpaceCanBeWritten() {
        try (BlkRig rig = BlkRig.with(store)) {
            byte[] before = rig.device.configuration();
            for (int offset = 0; offset < 64; offset++) {
                assertThat(rig.device.writeConfiguration(offset, new byte[1])).isEqualTo(offset == 32);
                assertThat(rig.device.writeConfiguration(offset, new byte[2])).isFalse();
                assertThat(rig.device.writeConfiguration(offset, new byte[0])).isFalse();
            }
            rig.device.writeConfiguration(WRITEBACK, ON);
            assertThat(rig.device.configuration()).isEqualTo(before);
        }
    }

    @Test
    void readOnlyDevicesHaveNoWritebackToChoose() {
        try (BlkRig rig = BlkRig.with(RecordingStore.of(RecordingStore.readOnly(1 << 20)))) {
            assertThat(rig.device.writeConfiguration(WRITEBACK, OFF)).isFalse();
        }
    }

    @Test
    void theDriversChoiceIsRememberedOverARestartOfTheProcess(@TempDir Path directory) throws IOException {
        Path state = directory.resolve("disk.state");
        try (BlkRig rig = BlkRig.with(store, -1, state)) {
            assertThat(Files.exists(state)).isFalse();
            rig.device.writeConfiguration(WRITEBACK, OFF);
        }
        try (BlkRig rig = BlkRig.with(RecordingStore.of(1 << 20), -1, state)) {
            assertThat(rig.device.configuration()[WRITEBACK]).isZero();
            rig.device.writeConfiguration(WRITEBACK, ON);
        }
        try (BlkRig rig = BlkRig.with(RecordingStore.of(1 << 20), -1, state)) {
            assertThat(rig.device.configuration()[WRITEBACK]).isEqualTo((byte) 1);
        }
    }

    @Test
    void statesThatCannotBeReadMeanWriteThrough(@TempDir Path directory) {
        try (BlkRig rig = BlkRig.with(store, -1, directory)) { // a directory is no file
            assertThat(rig.device.configuration()[WRITEBACK]).isZero();
        }
    }

    @Test
    void writeThroughIsInForceEvenIfItCannotBeRemembered(@TempDir Path directory) {
        try (BlkRig rig = BlkRig.with(store, -1, directory.resolve("missing").resolve("disk.state"))) {
            assertThat(rig.device.writeConfiguration(WRITEBACK, OFF)).isTrue();
            assertThat(rig.device.configuration()[WRITEBACK]).isEqualTo((byte) 0);
        }
    }

    @Test
    void writeBackIsRefusedIfItCannotBeRemembered(@TempDir Path directory) {
        try (BlkRig rig = BlkRig.with(store, -1, directory.resolve("missing").resolve("disk.state"))) {
            rig.device.writeConfiguration(WRITEBACK, OFF);

            assertThat(rig.device.writeConfiguration(WRITEBACK, new byte[] {1})).isFalse();
            assertThat(rig.device.configuration()[WRITEBACK]).isEqualTo((byte) 0);
        }
    }
}
