package dev.isthmus.frontend.blk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

/** Offsets of virtio 1.3, 5.2.4. */
class BlkGeometryTest {
    private static ByteBuffer config(long sectors) {
        return ByteBuffer.allocate(48).order(ByteOrder.LITTLE_ENDIAN).putLong(0, sectors);
    }

    @Test
    void readsWhatWasNegotiated() throws IOException {
        ByteBuffer config = config(4000).putInt(8, 65536).putInt(12, 254).putInt(20, 4096).put(24, (byte) 2)
                .putInt(36, 1 << 20).putInt(44, 16);
        assertThat(BlkGeometry.decode(config, -1))
                .isEqualTo(new BlkGeometry(4000, true, true, 4096, 16384, 254, 65536, 1 << 20, 16));
    }

    @Test
    void whatWasNotNegotiatedMeansNothing() throws IOException {
        ByteBuffer config = config(7);
        for (int at = 8; at < 48; at++) {
            config.put(at, (byte) 0x77);
        }
        assertThat(BlkGeometry.decode(config, 0))
                .isEqualTo(new BlkGeometry(7, false, false, 512, 512, 126, Integer.MAX_VALUE, 0, 0));
    }

    @Test
    void piecesOfNoBytesMeanThatThereIsNoLimit() throws IOException {
        assertThat(BlkGeometry.decode(config(7), BlkLayout.F_SIZE_MAX).segmentBytesMax()).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void nonsenseIsRefused() {
        assertThatThrownBy(() -> BlkGeometry.decode(config(-1), 0)).hasMessageContaining("18446744073709551615");
        assertThatThrownBy(() -> BlkGeometry.decode(config(1L << 55), 0)).hasMessageContaining("capacity");
        for (int bytes : new int[] {0, 256, 513, 1 << 17, -1}) {
            assertThatThrownBy(() -> BlkGeometry.decode(config(1).putInt(20, bytes), BlkLayout.F_BLK_SIZE))
                    .hasMessageContaining("blocks of");
        }
        assertThatThrownBy(() -> BlkGeometry.decode(config(1).put(24, (byte) 13), BlkLayout.F_TOPOLOGY))
                .hasMessageContaining("2^13");
    }
}
