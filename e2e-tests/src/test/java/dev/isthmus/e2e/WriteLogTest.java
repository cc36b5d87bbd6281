package dev.isthmus.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk after a power cut has what was flushed, and of the rest what chance left. */
class WriteLogTest {

    private static final int SECTOR = 512;
    private static final int DISK_SECTORS = 16;
    private static final int FLUSH = 1;
    private static final int DISCARD = 4;

    @TempDir
    private Path directory;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private WriteLog log;

    /** Two writes, a flush, a write over the first, a discard of the second. */
    @BeforeEach
    void write() throws IOException {
        ByteBuffer head = sector().putLong(0x6a736677736872L).putLong(1).putLong(5).putInt(SECTOR);
        bytes.writeBytes(head.array());
        write(0, 1, 'a');
        write(8, 2, 'b');
        entry(0, 0, FLUSH);
        write(0, 1, 'c');
        entry(8, 2, DISCARD);
        log = WriteLog.read(Files.write(directory.resolve("log"), bytes.toByteArray()));
    }

    @Test
    void knowsItsEntries() {
        assertThat(log.size()).isEqualTo(5);
        assertThat(log.flushes()).isOne();
        assertThat(log.position(0)).isEqualTo(SECTOR);
        assertThat(log.position(5)).isEqualTo(bytes.size());
        assertThat(log.entriesBefore(log.position(2))).isEqualTo(2);
        assertThat(log.entriesBefore(log.position(2) + 1)).isEqualTo(3);
    }

    @Test
    void durableIsWhatAFlushFollows() {
        assertThat(log.durable(2)).isZero();
        assertThat(log.durable(3)).isEqualTo(3);
        assertThat(log.durable(5)).isEqualTo(3);
    }

    @Test
    void nextFlushEndsWhatIsEquallyDurable() {
        assertThat(log.beforeNextFlush(0)).isEqualTo(2);
        assertThat(log.beforeNextFlush(2)).isEqualTo(2);
        assertThat(log.beforeNextFlush(3)).isEqualTo(5);
    }

    @Test
    void whatWasNotFlushedMayBeLost() throws IOException {
        assertThat(disk(3, 5, 0)).isEqualTo("a...b...");
        assertThat(disk(0, 2, 0)).isEqualTo("........");
    }

    @Test
    void whatWasNotFlushedMayBeThere() throws IOException {
        assertThat(disk(3, 5, 1)).isEqualTo("c.......");
        assertThat(disk(3, 4, 1)).isEqualTo("c...b...");
    }

    /** A character for each two sectors: what their first byte is. */
    private String disk(int durable, int cut, double keep) throws IOException {
        Path image = directory.resolve("image");
        log.build(image, DISK_SECTORS * SECTOR, durable, cut, keep, new SplittableRandom(1));
        byte[] disk = Files.readAllBytes(image);
        Files.delete(image);
        var text = new StringBuilder();
        for (int at = 0; at < disk.length; at += 2 * SECTOR) {
            text.append(disk[at] == 0 ? '.' : (char) disk[at]);
        }
        return text.toString();
    }

    private void write(long sector, int sectors, char what) {
        entry(sector, sectors, 0);
        byte[] data = new byte[sectors * SECTOR];
        Arrays.fill(data, (byte) what);
        bytes.writeBytes(data);
    }

    private void entry(long sector, long sectors, long flags) {
        bytes.writeBytes(sector().putLong(sector).putLong(sectors).putLong(flags).putLong(0).array());
    }

    private static ByteBuffer sector() {
        return ByteBuffer.allocate(SECTOR).order(ByteOrder.LITTLE_ENDIAN);
    }
}
