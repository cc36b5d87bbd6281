package dev.isthmus.net.uplink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class NullUplinkTest {
    private static final int HEADER = UplinkQueue.HEADER_BYTES;

    private final FrameMemory memory = new FrameMemory();

    @Test
    void takesEverythingAndGivesNothing() {
        try (UplinkQueue queue = NullUplink.discarding().open(0, Offloads.NONE)) {
            assertThat(queue.send(memory.iovecs(), memory.cut(HEADER, 65_557), HEADER + 65_557))
                    .isEqualTo(UplinkQueue.SENT);
            assertThat(queue.receive(memory.iovecs(), memory.cut(70_000))).isEqualTo(UplinkQueue.NOTHING);
        }
        memory.close();
    }

    @Test
    void givesFramesOfItsSizeForEver() {
        try (UplinkQueue queue = NullUplink.generating(60).open(0, Offloads.NONE)) {
            for (int i = 0; i < 100; i++) {
                memory.spoil();
                assertThat(queue.receive(memory.iovecs(), memory.cut(5, 100))).isEqualTo(HEADER + 60);
                assertThat(memory.isUntouchedFrom(HEADER + 60)).isTrue();
            }
            assertThat(queue.receive(memory.iovecs(), memory.cut(HEADER + 59))).isEqualTo(UplinkQueue.TOO_LARGE);
        }
        memory.close();
    }

    @Test
    void sizesThatNoFrameHasAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> NullUplink.generating(13));
        assertThatIllegalArgumentException().isThrownBy(() -> NullUplink.generating(100_000));
        memory.close();
    }
}
