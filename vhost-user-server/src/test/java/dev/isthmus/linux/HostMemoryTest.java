package dev.isthmus.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostMemoryTest {
    private static final int AROUND = 64;

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 4095, 16384, 16385, 131072, 131073})
    void zeroesAllItIsToldAndNothingAround(long length) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(length + 2 * AROUND);
            memory.fill((byte) 0x5a);

            HostMemory.zero(memory.address() + AROUND, length);

            for (long at = 0; at < memory.byteSize(); at++) {
                boolean zeroed = at >= AROUND && at < AROUND + length;
                assertThat(memory.get(ValueLayout.JAVA_BYTE, at)).as("byte %d", at)
                        .isEqualTo((byte) (zeroed ? 0 : 0x5a));
            }
        }
    }
}
