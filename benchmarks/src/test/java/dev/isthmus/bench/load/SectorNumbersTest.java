package dev.isthmus.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SectorNumbersTest {

    @Test
    void everySectorOfAFileBeginsWithItsNumber(@TempDir Path directory) throws IOException {
        Path file = Files.write(directory.resolve("image"), new byte[] {1, 2, 3});
        int bytes = (3 << 20) + 512;

        SectorNumbers.fill(file, bytes);

        ByteBuffer image = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(image.capacity()).isEqualTo(bytes);
        for (int at = 0; at < bytes; at += 8) {
            assertThat(image.getLong(at)).isEqualTo(at % 512 == 0 ? at / 512 : 0);
        }
    }

    @Test
    void refusesHalfSectorsAndMissingFiles(@TempDir Path directory) {
        assertThatThrownBy(() -> SectorNumbers.fill(directory, 513)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SectorNumbers.fill(directory.resolve("none"), 512)).isInstanceOf(IOException.class);
    }

    @Test
    void oneWrongSectorIsSeen() {
        try (Arena arena = Arena.ofConfined()) {
            long memory = arena.allocate(4096, 8).address();
            SectorNumbers.put(memory, 4096, 1L << 33);
            assertThat(SectorNumbers.are(memory, 4096, 1L << 33)).isTrue();
            assertThat(SectorNumbers.are(memory, 4096, (1L << 33) + 1)).isFalse();
            SectorNumbers.put(memory + 7 * 512, 512, 0);
            assertThat(SectorNumbers.are(memory, 4096, 1L << 33)).isFalse();
            assertThat(SectorNumbers.are(memory, 7 * 512, 1L << 33)).isTrue();
        }
    }
}
