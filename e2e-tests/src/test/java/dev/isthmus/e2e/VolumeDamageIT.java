package dev.isthmus.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A byte that flips in a data file costs a guest the blocks it is in, and an operator learns which. */
@Tag("rocksdb")
class VolumeDamageIT {

    private static final int BLOCK = 4096;

    private static final String WRITE = """
            dd if=/dev/urandom of=/tmp/random bs=1M count=16 iflag=fullblock 2> /dev/null
            dd if=/tmp/random of=/dev/vda bs=1M oflag=direct conv=fsync 2> /dev/null
            """;

    /** What cannot be read is zeroes in the copy; prints the numbers of the blocks that differ. */
    private static final String DAMAGED_BLOCKS = """
            dd if=/dev/vda of=/tmp/read bs=4096 count=4096 iflag=direct conv=noerror,sync 2> /tmp/dd || true
            cmp -l /tmp/random /tmp/read | awk '{ b = int(($1 - 1) / 4096); if (b != last) print b; last = b }' last=-1
            """;

    @TempDir
    private Path directory;

    @Test
    void flippedByteIsAnErrorOfItsRangeAloneAndScrubNamesIt() throws Exception {
        Path volumes = Files.createDirectory(directory.resolve("volumes"));
        VolumeCommand.run(volumes, "create", "--size=64M", "damaged");
        Disk disk = Disk.ofVolume("damaged", volumes);
        BackendProcess backend = BackendProcess.serve("damaged", disk);
        try (Guest guest = Guest.named("damaged", directory).disk(disk).boot()) {
            guest.sh(WRITE);
            backend.management().post("/devices/damaged/snapshot?name=in-files");
            assertThat(backend.stop().exitStatus()).isZero();
            flipAByte(volumes.resolve("damaged"));
            backend = BackendProcess.serve("damaged", disk);

            List<Integer> damaged = guest.sh(DAMAGED_BLOCKS).lines().map(Integer::parseInt).toList();

            assertThat(damaged).as("blocks a guest cannot read").hasSizeBetween(1, 2);
            int first = damaged.getFirst();
            int end = damaged.getLast() + 1;
            assertThat(end - first).isEqualTo(damaged.size());
            assertThat(guest.sh("cat /tmp/dd")).contains("Input/output error").contains("+" + damaged.size()
                    + " records in");
            assertThat(backend.management().metric(
                    "isthmus_blk_store_errors_total{device=\"damaged\",kind=\"checksum\"}"))
                    .isGreaterThanOrEqualTo(damaged.size());
            assertThat(backend.log()).contains("volume damaged): block " + first + " (bytes " + (long) first * BLOCK);
            assertThat(backend.stop().exitStatus()).isZero();
            assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> VolumeCommand.run(volumes, "scrub",
                    "damaged")).withMessageContaining("exit status 1").withMessageContaining(
                            "blocks %d to %d (bytes %d to %d) damaged".formatted(first, end - 1, (long) first * BLOCK,
                                    (long) end * BLOCK - 1));

            backend = BackendProcess.serve("damaged", disk);
            guest.sh("dd if=/tmp/random of=/dev/vda bs=4096 skip=%1$d seek=%1$d count=%2$d oflag=direct conv=fsync"
                    .formatted(first, end - first));
            assertThat(guest.sh(DAMAGED_BLOCKS)).as("after they were written anew").isEmpty();
        } finally {
            backend.close();
        }
    }

    private static void flipAByte(Path volume) throws IOException {
        Path data = volume.resolve("data-1");
        try (Stream<Path> files = Files.list(data)) {
            Path table = files.filter(file -> file.toString().endsWith(".sst")).max((a, b) -> Long.compare(a.toFile()
                    .length(), b.toFile().length())).orElseThrow();
            try (var file = new RandomAccessFile(table.toFile(), "rw")) {
                long middle = file.length() / 2;
                file.seek(middle);
                int value = file.read();
                file.seek(middle);
                file.write(value ^ 1);
            }
        }
    }
}
