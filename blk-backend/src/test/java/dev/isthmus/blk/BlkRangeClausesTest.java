package dev.isthmus.blk;

import static dev.isthmus.blk.BlkRig.DISCARD;
import static dev.isthmus.blk.BlkRig.OK;
import static dev.isthmus.blk.BlkRig.WRITE_ZEROES;
import static dev.isthmus.blk.BlkRig.header;
import static dev.isthmus.blk.BlkRig.range;
import static dev.isthmus.virtqueue.Buffer.bytes;
import static dev.isthmus.virtqueue.Buffer.readable;
import static dev.isthmus.virtqueue.Buffer.writable;
import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.blk.RecordingStore.SeenRange;
import dev.isthmus.blk.store.StoreOperation;
import dev.isthmus.spec.Clause;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** DISCARD and WRITE_ZEROES that are done. */
class BlkRangeClausesTest {
    private final RecordingStore store = RecordingStore.of(1 << 20);
    private final BlkRig rig = BlkRig.with(store);

    @AfterEach
    void free() {
        rig.close();
    }

    @Clause("virtio 1.3, 5.2.6.2")
    @Test
    void discardsReachTheStoreInBytes() {
        assertThat(rig.status(readable(header(DISCARD, 99), range(8, 16, 0), range(100, 1, 0)), writable(1)))
                .isEqualTo(OK);

        assertThat(store.seen).singleElement().satisfies(seen -> {
            assertThat(seen.operation()).isEqualTo(StoreOperation.DISCARD);
            assertThat(seen.ranges()).containsExactly(new SeenRange(4096, 8192, false), new SeenRange(51200, 512,
                    false));
        });
    }

    @Clause("virtio 1.3, 5.2.6.2")
    @Test
    void writtenZeroesAreReadWhetherUnmapIsSetOrClear() {
        for (int unmap = 0; unmap <= 1; unmap++) {
            rig.write(0, bytes(64 * 512));
            assertThat(rig.status(readable(header(WRITE_ZEROES, 0), range(1, 30, unmap), range(40, 1, unmap)),
                    writable(1))).isEqualTo(OK);

            assertThat(rig.read(1, 30 * 512)).containsOnly(0);
            assertThat(rig.read(40, 512)).containsOnly(0);
            assertThat(rig.read(0, 512)).isEqualTo(bytes(512));
            assertThat(rig.read(31, 512)).isNotEqualTo(new byte[512]);
        }
    }

    @Clause("virtio 1.3, 5.2.6.2")
    @Test
    void unmapOfWriteZeroesIsPassedOnRangeByRange() {
        rig.done(readable(header(WRITE_ZEROES, 0), range(0, 8, 1), range(8, 8, 0)), writable(1));

        assertThat(store.seen.getLast().ranges()).containsExactly(new SeenRange(0, 4096, true), new SeenRange(4096,
                4096, false));
    }

    @Test
    void sixteenRangesAndRangesOfNoSectorsAreTaken() {
        byte[][] parts = new byte[17][];
        parts[0] = header(DISCARD, 0);
        for (int i = 0; i < 16; i++) {
            parts[i + 1] = range(i * 8L, i % 2 * 8L, 0);
        }
        assertThat(rig.status(readable(parts), writable(1))).isEqualTo(OK);
        assertThat(store.seen.getLast().ranges()).hasSize(16);
    }

    @Clause("virtio 1.3, 2.7.4.1")
    @Test
    void rangesMayBeCutAnywhere() {
        byte[] message = readable(header(WRITE_ZEROES, 0), range(8, 8, 1), range(32, 8, 0)).content();
        for (int cut = 0; cut <= message.length; cut++) {
            byte[] first = Arrays.copyOfRange(message, 0, cut);
            byte[] second = Arrays.copyOfRange(message, cut, message.length);
            assertThat(rig.status(readable(first), readable(second), writable(1))).isEqualTo(OK);
            assertThat(store.seen.getLast().ranges()).containsExactly(new SeenRange(4096, 4096, true), new SeenRange(
                    16384, 4096, false));
        }
    }
}
