package dev.isthmus.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Three disks of one process in one guest: two of different sizes, and one that is read-only. Two more are served by a
 * process whose workers use io_uring.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DisksIT {

    private static final long FIRST_BYTES = 128 * Images.MEBIBYTE;
    private static final long SECOND_BYTES = 96 * Images.MEBIBYTE;
    private static final Duration FIO_LIMIT = Duration.ofSeconds(120);

    @TempDir
    private static Path directory;

    private Disk first;
    private Disk second;
    private Disk readOnly;
    private BackendProcess backend;
    private BackendProcess ring;
    private Guest guest;

    @BeforeAll
    void boot() throws Exception {
        first = Disk.of("first", directory, Images.sparse(directory.resolve("first.img"), FIRST_BYTES)).withQueues(2);
        second = Disk.of("second", directory, Images.sparse(directory.resolve("second.img"), SECOND_BYTES))
                .withDirect(true);
        readOnly = Disk.of("third", directory, fileSystemWithOneFile()).asReadOnly();
        backend = BackendProcess.serve("disks", first, second, readOnly);
        Disk fourth = Disk.of("fourth", directory, Images.sparse(directory.resolve("fourth.img"), FIRST_BYTES))
                .withQueues(2);
        Disk fifth = Disk.of("fifth", directory, Images.sparse(directory.resolve("fifth.img"), SECOND_BYTES))
                .withDirect(true);
        ring = BackendProcess.serve("disks-io-uring", List.of("--transport=io_uring"), fourth, fifth);
        guest = Guest.named("disks", directory).vcpus(2).disk(first).disk(second).disk(readOnly).disk(fourth)
                .disk(fifth).boot();
    }

    @AfterAll
    void end() throws IOException {
        if (guest != null) {
            guest.close();
        }
        if (backend != null) {
            backend.close();
        }
        if (ring != null) {
            ring.close();
        }
    }

    private static Path fileSystemWithOneFile() throws IOException, InterruptedException {
        Path content = Files.createDirectory(directory.resolve("content"));
        Files.writeString(content.resolve("greeting"), "hello guest\n");
        Path image = Images.sparse(directory.resolve("third.img"), 32 * Images.MEBIBYTE);
        Host.run("mkfs.ext4", "-q", "-d", content.toString(), image.toString());
        return image;
    }

    @Test
    void eachDiskHasItsOwnSizeAndSerial() throws Exception {
        assertThat(guest.sh("cat /sys/block/vda/size /sys/block/vdb/size").lines()).containsExactly(
                String.valueOf(FIRST_BYTES / 512), String.valueOf(SECOND_BYTES / 512));
        assumeThat(BackendProcess.isPeer()).as("QEMU 7.2 has one serial for all").isFalse();
        assertThat(guest.sh("for disk in vda vdb vdc; do echo $(cat /sys/block/$disk/serial); done").lines())
                .containsExactly("first", "second", "third");
    }

    /** Random writes and reads of both at once, from small to large, then every block read back and compared. */
    @ParameterizedTest
    @CsvSource({"vda, vdb", "vdd, vde"})
    void fioFindsEveryBlockOfTwoDisksAsItWroteIt(String a, String b) throws Exception {
        guest.sh("""
                fio --ioengine=libaio --direct=1 --iodepth=16 --rw=randrw --bsrange=4k-256k --size=48M \
                    --verify=crc32c --verify_fatal=1 --do_verify=1 --group_reporting \
                    --name=a --filename=/dev/%1$s --name=b --filename=/dev/%2$s \
                    --name=b2 --offset=48M --filename=/dev/%1$s
                """.formatted(a, b), FIO_LIMIT);
    }

    @Test
    void aReadOnlyDiskCanBeReadAndRefusesWrites() throws Exception {
        byte[] before = Files.readAllBytes(readOnly.image());

        assertThat(guest.sh("cat /sys/block/vdc/ro")).isEqualTo("1");
        guest.sh("mount -t ext4 -o ro,noload /dev/vdc /mnt");
        assertThat(guest.sh("cat /mnt/greeting; umount /mnt")).isEqualTo("hello guest");
        assertThat(guest.run("dd if=/dev/zero of=/dev/vdc bs=4k count=1 oflag=direct").exitStatus()).isNotZero();
        assertThat(guest.run("mount -t ext4 -o rw /dev/vdc /mnt && touch /mnt/new").exitStatus()).isNotZero();

        assertThat(Files.readAllBytes(readOnly.image())).isEqualTo(before);
    }

    /** Discarded and zeroed ranges read as zeroes, their neighbours stay, and the image gives up what was discarded. */
    @Test
    void discardAndWriteZeroesReachTheImage() throws Exception {
        // Behind what the other tests write.
        long offset = 100 * Images.MEBIBYTE;
        guest.sh("tr '\\0' x < /dev/zero | dd of=/dev/vda bs=1M seek=100 count=24 iflag=fullblock oflag=direct");
        long before = Images.allocatedBytes(first.image());

        // By its path: busybox has an applet of the same name, which its shell prefers.
        guest.sh("""
                /tools/bin/blkdiscard --offset 101M --length 10M /dev/vda
                /tools/bin/blkdiscard --zeroout --offset 112M --length 4M /dev/vda
                """);

        assertThat(before - Images.allocatedBytes(first.image())).isGreaterThanOrEqualTo(10 * Images.MEBIBYTE);
        assertThat(bytesAt(first.image(), offset + Images.MEBIBYTE - 1, 2)).containsExactly('x', 0);
        assertThat(bytesAt(first.image(), offset + 11 * Images.MEBIBYTE - 1, 2)).containsExactly(0, 'x');
        assertThat(bytesAt(first.image(), offset + 12 * Images.MEBIBYTE - 1, 2)).containsExactly('x', 0);
        assertThat(bytesAt(first.image(), offset + 16 * Images.MEBIBYTE - 1, 2)).containsExactly(0, 'x');
        assertThat(guest.sh("dd if=/dev/vda bs=1M skip=101 count=10 iflag=direct 2>/dev/null | tr -d '\\0' | wc -c"))
                .isEqualTo("0");
    }

    @Test
    void theGuestSeesALiveResize() throws Exception {
        assumeThat(BackendProcess.isPeer()).as("QEMU 7.2 does not tell the front-end").isFalse();
        long larger = SECOND_BYTES + 32 * Images.MEBIBYTE;

        backend.resize(second, larger);

        guest.sh("until test $(cat /sys/block/vdb/size) = " + larger / 512 + "; do sleep 0.1; done", Duration.ofSeconds(
                20));
        guest.sh("dd if=/dev/zero of=/dev/vdb bs=1M seek=" + (larger / Images.MEBIBYTE - 1) + " count=1 oflag=direct");
    }

    private static byte[] bytesAt(Path file, long offset, int count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(count);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            channel.read(bytes, offset);
        }
        return bytes.array();
    }
}
