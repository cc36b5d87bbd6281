package dev.isthmus.blk.store.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VolumesTest {
    private static final int MIB = 1 << 20;

    @TempDir
    Path home;

    private Path directory;
    private Volumes volumes;

    @BeforeEach
    void begin() {
        directory = home.resolve("volumes");
        volumes = Volumes.in(directory);
    }

    private static VolumeReference reference(String text) throws VolumeException {
        return VolumeReference.parse(text);
    }

    private static void assertRefused(ThrowingCallable what, String reason) {
        assertThatExceptionOfType(VolumeException.class).isThrownBy(what).withMessageContaining(reason);
    }

    private static byte[] random(int seed, int length) {
        byte[] data = new byte[length];
        new Random(seed).nextBytes(data);
        return data;
    }

    /** A volume with these bytes. */
    private void make(String name, byte[] contents) throws IOException {
        Path image = Files.write(home.resolve("import.raw"), contents);
        volumes.importImage(name, image, "raw", 4096, Compression.LZ4, Progress.NONE);
    }

    private byte[] contents(String volume) throws IOException {
        Path image = home.resolve("export.raw");
        volumes.exportImage(reference(volume), image, "raw", true, Progress.NONE);
        return Files.readAllBytes(image);
    }

    /** Overwrites a volume from another image, as a guest would: through RocksDB. */
    private void overwrite(String name, int seed) throws Exception {
        try (var volume = OpenVolume.open(new VolumePaths(directory.resolve(name)), VolumeTuning.USUAL,
                Duration.ZERO)) {
            Path image = Files.write(home.resolve("over.raw"), random(seed, MIB));
            VolumeImport.fill(volume.db(), volume.header(), image, Progress.NONE);
        }
    }

    @Test
    void newVolumeIsListedAndTakesNearlyNoSpace() throws IOException {
        assertThat(volumes.list()).isEmpty();

        volumes.create("a", 1L << 40, 16384, Compression.ZSTD);

        assertThat(volumes.list()).hasSize(1);
        VolumeInfo info = volumes.info("a");
        assertThat(info.name()).isEqualTo("a");
        assertThat(info.problem()).isNull();
        assertThat(info.blockBytes()).isEqualTo(16384);
        assertThat(info.compression()).isEqualTo("zstd");
        assertThat(info.contents().logicalBytes()).isEqualTo(1L << 40);
        assertThat(info.contents().allocatedBytes()).isLessThan(64 * 1024);
        assertThat(info.contents().sharedBytes()).isZero();
        assertThat(info.process()).isNull();
    }

    @Test
    void namesThatAreTakenOrCannotBeAreRefused() throws IOException {
        volumes.create("a", MIB, 4096, Compression.LZ4);

        assertRefused(() -> volumes.create("a", MIB, 4096, Compression.LZ4), "already");
        assertRefused(() -> volumes.create("../b", MIB, 4096, Compression.LZ4), "is no name");
        assertRefused(() -> volumes.rename("a", "../b"), "is no name");
        assertRefused(() -> volumes.rename("a", "a"), "already");
        assertRefused(() -> volumes.info("../volumes/a"), "is no name");
        assertRefused(() -> volumes.info("b"), "does not exist");
        assertThat(home.resolve("b")).doesNotExist();
        assertThat(volumes.list()).hasSize(1);
    }

    @Test
    void imageComesBackAsItWasImportedWithHolesWhereItIsZero() throws IOException {
        byte[] image = new byte[16 * MIB + 512];
        System.arraycopy(random(1, MIB), 0, image, 3 * MIB + 100, MIB);
        image[image.length - 1] = 7;

        make("a", image);

        assertThat(volumes.info("a").contents().allocatedBytes()).isBetween((long) MIB, (long) 2 * MIB);
        assertThat(contents("a")).isEqualTo(image);
        assertRefused(() -> volumes.exportImage(reference("a"), home.resolve("export.raw"), "raw", false,
                Progress.NONE), "is there already");
    }

    @Test
    void holeOfAnImageIsNotRead() throws Exception {
        Path image = home.resolve("sparse.raw");
        byte[] data = random(2, 4096);
        long at = 7L << 40;
        try (var file = new RandomAccessFile(image.toFile(), "rw")) {
            file.seek(at);
            file.write(data);
            file.setLength(8L << 40); // which would take an hour to read
        }

        volumes.importImage("a", image, "raw", 4096, Compression.LZ4, Progress.NONE);

        assertThat(volumes.info("a").contents().logicalBytes()).isEqualTo(8L << 40);
        try (var volume = OpenVolume.open(new VolumePaths(directory.resolve("a")), VolumeTuning.USUAL, Duration.ZERO);
                Arena arena = Arena.ofConfined()) {
            var buffer = new BlockBuffer(arena, 4096);
            assertThat(buffer.load(volume.db(), at / 4096)).isTrue();
            byte[] read = new byte[4096];
            buffer.dataBuffer(4096).get(read);
            assertThat(read).isEqualTo(data);
            assertThat(volume.db().lastBlock()).isEqualTo(at / 4096);
        }
    }

    @Test
    void snapshotKeepsWhatWasThereAndCloneIsAVolumeOfItsOwn() throws Exception {
        byte[] first = random(1, MIB);
        make("a", first);
        volumes.snapshot("a", "s1");
        overwrite("a", 2);

        volumes.clone(reference("a@s1"), "b");
        assertThat(volumes.info("b").contents().sharedBytes()).isGreaterThan(MIB);
        assertThat(contents("a")).isEqualTo(random(2, MIB));
        assertThat(contents("a@s1")).isEqualTo(first);
        assertThat(contents("b")).isEqualTo(first);
        assertThat(volumes.info("b").id()).isNotEqualTo(volumes.info("a").id());

        overwrite("b", 3);
        volumes.delete(reference("a"), true);
        assertThat(contents("b")).isEqualTo(random(3, MIB));
        assertThat(volumes.list()).extracting(VolumeInfo::name).containsExactly("b");
    }

    @Test
    void rollbackBringsContentsAndSizeBackAndKeepsTheSnapshot() throws Exception {
        byte[] first = random(1, MIB);
        make("a", first);
        volumes.snapshot("a", "s1");
        overwrite("a", 2);
        volumes.resize("a", 8 * MIB, false);

        volumes.rollback(reference("a@s1"));
        assertThat(contents("a")).isEqualTo(first);
        overwrite("a", 4);
        volumes.rollback(reference("a@s1"));
        assertThat(contents("a")).isEqualTo(first);
        try (Stream<Path> entries = Files.list(directory.resolve("a"))) {
            assertThat(entries.filter(entry -> entry.toString().contains("data-"))).hasSize(1);
        }
    }

    @Test
    void volumeWithSnapshotsIsDeletedOnlyWithThem() throws IOException {
        make("a", random(1, MIB));
        volumes.snapshot("a", "s1");
        assertRefused(() -> volumes.snapshot("a", "s1"), "already");
        assertRefused(() -> volumes.delete(reference("a"), false), "1 snapshots");
        assertRefused(() -> volumes.delete(reference("a@s2"), false), "has no snapshot s2");
        assertRefused(() -> volumes.rollback(reference("a")), "is no snapshot");

        volumes.delete(reference("a@s1"), false);
        volumes.delete(reference("a"), false);

        assertThat(volumes.list()).isEmpty();
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void smallerVolumeLosesDataOnlyWhenTold() throws IOException {
        byte[] data = random(1, MIB);
        make("a", data);
        volumes.resize("a", 4L * MIB, false);
        volumes.resize("a", MIB, false);
        int small = MIB / 2 + 512;
        assertRefused(() -> volumes.resize("a", small, false), "has data behind");

        volumes.resize("a", small, true);
        volumes.resize("a", MIB, false);

        byte[] expected = Arrays.copyOf(Arrays.copyOf(data, small), MIB);
        assertThat(contents("a")).isEqualTo(expected);
        assertRefused(() -> volumes.resize("a", 1000, false), "a multiple of 512");
    }

    @Test
    void volumeInUseIsLeftAloneAndItsSnapshotsAreNot() throws IOException {
        make("a", random(1, MIB));
        volumes.snapshot("a", "s1");
        String user = "in use by process " + ProcessHandle.current().pid();
        try (var volume = OpenVolume.open(new VolumePaths(directory.resolve("a")), VolumeTuning.USUAL, Duration.ZERO)) {
            assertThat(volume.header().data()).isEqualTo("data-1");
            assertThat(volumes.info("a").process()).isEqualTo(Long.toString(ProcessHandle.current().pid()));
            assertRefused(() -> volumes.resize("a", 4L * MIB, false), user);
            assertRefused(() -> volumes.snapshot("a", "s2"), user);
            assertRefused(() -> volumes.rename("a", "b"), user);
            assertRefused(() -> volumes.rollback(reference("a@s1")), user);
            assertRefused(() -> volumes.delete(reference("a"), true), user);
            assertRefused(() -> volumes.scrub(reference("a"), Progress.NONE), user);
            volumes.clone(reference("a@s1"), "b");
            assertThat(contents("a@s1")).isEqualTo(random(1, MIB));
        }
        assertThat(contents("b")).isEqualTo(random(1, MIB));
    }

    @Test
    void renamedVolumeIsTheSame() throws IOException {
        make("a", random(1, MIB));
        String id = volumes.info("a").id();

        volumes.rename("a", "b");

        assertThat(volumes.info("b").id()).isEqualTo(id);
        assertThat(contents("b")).isEqualTo(random(1, MIB));
        assertThat(directory.resolve("a")).doesNotExist();
    }

    @Test
    void scrubNamesWhatIsDamagedAndCountsTheRest() throws IOException {
        make("a", random(1, 4 * MIB));
        ScrubReport whole = volumes.scrub(reference("a"), Progress.NONE);
        assertThat(whole.blocks()).isEqualTo(1024);
        assertThat(whole.damages()).isEmpty();
        flip(directory.resolve("a"), 0.25);
        flip(directory.resolve("a"), 0.75);

        ScrubReport report = volumes.scrub(reference("a"), Progress.NONE);

        assertThat(report.damages()).hasSize(2);
        long damaged = 0;
        for (ScrubReport.Damage damage : report.damages()) {
            assertThat(damage.lastBlock() - damage.firstBlock()).isBetween(0L, 4L);
            damaged += damage.lastBlock() - damage.firstBlock() + 1;
        }
        assertThat(report.blocks()).isEqualTo(1024 - damaged);
        assertThat(report.damages().get(0).firstBlock()).isBetween(240L, 270L);
        assertThat(report.damages().get(1).firstBlock()).isBetween(750L, 780L);
    }

    private static void flip(Path volume, double where) throws IOException {
        try (Stream<Path> files = Files.walk(volume)) {
            Path table = files.filter(file -> file.toString().endsWith(".sst")).findFirst().orElseThrow();
            try (var file = new RandomAccessFile(table.toFile(), "rw")) {
                long at = (long) (file.length() * where);
                file.seek(at);
                int value = file.read();
                file.seek(at);
                file.write(value ^ 4);
            }
        }
    }

    @Test
    void whatWasInterruptedIsNoVolumeAndIsGoneWithTheNextChange() throws IOException {
        Files.createDirectories(directory.resolve(".gone-1/data-1"));
        Path half = Files.createDirectories(directory.resolve(".new-1"));
        Path fresh = Files.createDirectories(directory.resolve(".new-2"));
        Files.writeString(half.resolve("lock"), "");
        Files.setLastModifiedTime(half, FileTime.from(Instant.now().minusSeconds(3600)));
        assertThat(volumes.list()).isEmpty();

        volumes.create("a", MIB, 4096, Compression.LZ4);

        try (Stream<Path> entries = Files.list(directory)) {
            assertThat(entries).containsExactlyInAnyOrder(directory.resolve("a"), fresh);
        }
    }

    @Test
    void importThatFailsLeavesNothing() throws IOException {
        assertRefused(() -> volumes.importImage("a", home.resolve("no.raw"), "raw", 4096, Compression.LZ4,
                Progress.NONE), "cannot be read");
        Path nothing = Files.write(home.resolve("empty.raw"), new byte[0]);
        assertRefused(() -> volumes.importImage("a", nothing, "raw", 4096, Compression.LZ4, Progress.NONE),
                "a size of 0 bytes");

        assertThat(volumes.list()).isEmpty();
        try (Stream<Path> entries = Files.list(directory)) {
            assertThat(entries).isEmpty();
        }
    }

    @Test
    void damagedVolumeIsListedWithWhatIsWrong() throws IOException {
        volumes.create("a", MIB, 4096, Compression.LZ4);
        volumes.create("b", MIB, 4096, Compression.LZ4);
        Files.writeString(directory.resolve("a/volume"), "isthmus-volume 9\n");

        List<VolumeInfo> all = volumes.list();

        assertThat(all).hasSize(2);
        assertThat(all.getFirst().problem()).contains("newer program");
        assertThat(all.getLast().problem()).isNull();
    }

    @Test
    void imageOfAnotherFormatGoesInAndOutThroughQemuImg() throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/qemu-img")));
        make("a", random(5, MIB));
        Path image = home.resolve("a.qcow2");

        volumes.exportImage(reference("a"), image, "qcow2", false, Progress.NONE);
        volumes.importImage("b", image, "qcow2", 65536, Compression.NONE, Progress.NONE);

        assertThat(contents("b")).isEqualTo(random(5, MIB));
        assertRefused(() -> volumes.importImage("c", home.resolve("import.raw"), "qcow2", 4096, Compression.LZ4,
                Progress.NONE), "qemu-img");
        assertThat(volumes.list()).hasSize(2);
        try (Stream<Path> files = Files.list(directory.resolve("b"))) {
            assertThat(files.map(file -> file.getFileName().toString())).containsExactlyInAnyOrder("data-1", "lock",
                    "volume");
        }
    }
}
