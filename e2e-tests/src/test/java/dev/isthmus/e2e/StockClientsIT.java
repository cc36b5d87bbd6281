package dev.isthmus.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A back-end serves clients that know nothing of it: qemu-io and libblkio's programs from Debian 13, which talk
 * vhost-user-blk without a guest. What they read is checked by them, what they wrote is checked in the image.
 */
@Tag("block")
class StockClientsIT {

    private static final int MIB = 1 << 20;
    private static final int SECTOR = 512;
    private static final int BLOCK = 4096;
    private static final byte OLD = (byte) 0xa5;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static StockClients clients;

    @TempDir
    private Path directory;

    @TempDir(factory = MemoryDirectory.class)
    private Path inMemory;

    @BeforeAll
    static void buildClients() throws Exception {
        clients = StockClients.build();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void qemuIoReadsBackWhatItWrote(int queues) throws Exception {
        var image = image(8 * MIB);
        var script = QemuIoScript.on(Files.readAllBytes(image))
                .write(0, BLOCK, 0x11)
                .write(MIB, 64 * 1024, 0xcd)
                // Longer than one request may be: several requests, several segments each.
                .write(2 * MIB, 5 * MIB + SECTOR, 0x77)
                // Parts of sectors and of pages: the client reads, changes and writes the whole.
                .write(1000, 700, 0x22)
                .write(3 * BLOCK - 1, 2, 0x33)
                .write(5 * MIB + 511, 2 * SECTOR, 0x44)
                .flush();
        runAndCompare(image, queues, script);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void qemuIoReadsZeroesAfterDiscardAndWriteZeroes(int queues) throws Exception {
        var image = image(8 * MIB);
        var script = QemuIoScript.on(Files.readAllBytes(image))
                .discard(MIB, MIB)
                .writeZeroes(3 * MIB, 64 * 1024, false)
                .writeZeroes(4 * MIB, MIB, true)
                .writeZeroes(6 * MIB + SECTOR, 3 * SECTOR, false)
                .writeZeroes(7 * MIB + SECTOR, 3 * SECTOR, true)
                // What was given back can be written again.
                .write(MIB + BLOCK, BLOCK, 0x66)
                .write(4 * MIB + SECTOR, SECTOR, 0x55)
                .flush();
        runAndCompare(image, queues, script);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void discardAndWriteZeroesWithUnmapGiveSpaceBack(int queues) throws Exception {
        var image = image(8 * MIB);
        var before = allocatedBytes(image);
        var script = QemuIoScript.on(Files.readAllBytes(image)).discard(0, 2 * MIB).writeZeroes(4 * MIB, MIB, true);
        runAndCompare(image, queues, script.flush());
        assertThat(before - allocatedBytes(image)).isGreaterThanOrEqualTo(3 * MIB);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void lastSectorOfAnOddDiskIsADiskSectorLikeAnyOther(int queues) throws Exception {
        int size = 4 * MIB + 3 * SECTOR;
        var image = image(size);
        var script = QemuIoScript.on(Files.readAllBytes(image))
                .write(size - SECTOR, SECTOR, 0x99)
                .write(size - BLOCK, BLOCK - SECTOR, 0x88)
                .writeZeroes(size - 2 * SECTOR, SECTOR, false)
                .writeZeroes(size - SECTOR, SECTOR, true)
                .write(size - 1, 1, 0x77)
                .flush();
        runAndCompare(image, queues, script);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1, 32", "4, 1", "4, 32"})
    void blkioBenchReadsAndWritesOnAllQueues(int queues, int depth) throws Exception {
        int blocks = 16 * MIB / BLOCK;
        // In memory: this client gives up after half a second without a completion, which a busy disk can take.
        var image = image(inMemory, 16 * MIB);
        for (var mode : List.of("read", "randread")) {
            bench(image, mode, queues, depth);
            assertThat(blocksOf(image, OLD)).as("untouched by " + mode).isEqualTo(blocks);
        }
        int old = blocks;
        for (var mode : List.of("write", "randwrite")) {
            bench(image, mode, queues, depth);
            int left = blocksOf(image, OLD);
            // The client's buffers hold zeroes. A block is written whole or not at all.
            assertThat(left).as("blocks that %s left", mode).isLessThanOrEqualTo(old);
            assertThat(left + blocksOf(image, (byte) 0)).isEqualTo(blocks);
            old = left;
        }
        assertThat(old).as("blocks never written").isLessThan(blocks);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void blkioInfoPrintsWhatTheDiskIs(int queues) throws Exception {
        try (var server = serve(image(MIB), queues)) {
            var info = clients.run(server.socket(), LIMIT, List.of("blkio-info", "virtio-blk-vhost-user", path(server),
                    "capacity", "max-queues", "request-alignment"));
            assertThat(info).isEqualTo(new StockClients.Result(0, "%d\n%d\n%d\n".formatted(MIB, queues, SECTOR)));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void blkioCopyCarriesAnImageInAndOut(int queues) throws Exception {
        var image = image(8 * MIB);
        var contents = new byte[8 * MIB];
        new Random(1).nextBytes(contents);
        try (var server = serve(image, queues)) {
            var source = Files.write(server.socket().resolveSibling("in"), contents);
            run(server, List.of("blkio-copy", "--input-file=/sockets/" + source.getFileName(),
                    "--output-blkio=virtio-blk-vhost-user", path(server)));
            assertSame(image, contents);

            var target = Files.createFile(server.socket().resolveSibling("out"));
            run(server, List.of("blkio-copy", "--input-blkio=virtio-blk-vhost-user", path(server),
                    "--output-file=/sockets/" + target.getFileName()));
            assertSame(target, contents);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void requestBeyondTheEndFailsAndTheNextClientIsServed(int queues) throws Exception {
        int size = MIB + 3 * SECTOR;
        var image = image(size);
        try (var server = serve(image, queues)) {
            // This client asks for whole blocks up to the end, whatever the capacity.
            var result = clients.run(server.socket(), LIMIT, benchCommand(server, "write", queues, 1));
            assertThat(result.status()).as(result.output()).isEqualTo(1);
            assertThat(result.output()).contains("I/O request failed: -5");
            assertThat(Files.size(image)).isEqualTo(size);
            var all = Files.readAllBytes(image);
            assertThat(Arrays.copyOfRange(all, MIB, size)).as("the part that fitted").containsOnly(OLD);
            run(server, List.of("blkio-info", "virtio-blk-vhost-user", path(server), "capacity"));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    // QEMU's own back-end (7.2) does not always survive a client that goes away with requests in flight.
    @DisabledIfSystemProperty(named = "isthmus.e2e.backend", matches = "peer")
    void clientKilledInMidWriteLeavesADiskForTheNext(int queues) throws Exception {
        var image = image(16 * MIB);
        try (var server = serve(image, queues)) {
            for (int round = 0; round < 3; round++) {
                var writer = clients.start(server.socket(), benchCommand(server, "randwrite", queues, 32));
                try {
                    assertThat(writer.waitFor(500, TimeUnit.MILLISECONDS)).as("the writer writes").isFalse();
                } finally {
                    writer.destroyForcibly().waitFor();
                }
                bench(server, "randread", queues, 32);
            }
            assertThat(blocksOf(image, OLD) + blocksOf(image, (byte) 0)).isEqualTo(16 * MIB / BLOCK);
            var script = QemuIoScript.on(Files.readAllBytes(image)).write(0, MIB, 0x12).flush();
            run(server, script.commandLine(server.socket().getFileName().toString()));
            assertSame(image, script.expected());
        }
    }

    private void runAndCompare(Path image, int queues, QemuIoScript script) throws Exception {
        try (var server = serve(image, queues)) {
            run(server, script.commandLine(server.socket().getFileName().toString()));
            assertThat(server.stop().exitStatus()).isZero();
            assertSame(image, script.expected());
        }
    }

    /** One client with a back-end of its own: this one goes away with requests in flight. */
    private void bench(Path image, String mode, int threads, int depth) throws Exception {
        try (var server = serve(image, threads)) {
            bench(server, mode, threads, depth);
        }
    }

    private void bench(BackendProcess server, String mode, int threads, int depth) throws Exception {
        var output = run(server, benchCommand(server, mode, threads, depth));
        assertThat(output).contains("\"aggregate\"").doesNotContain("nan");
    }

    private static List<String> benchCommand(BackendProcess server, String mode, int threads, int depth) {
        return List.of("blkio-bench", "--runtime=1", "--num-threads=" + threads, "--iodepth=" + depth,
                "--readwrite=" + mode, "virtio-blk-vhost-user", path(server));
    }

    private static String run(BackendProcess server, List<String> command) throws IOException, InterruptedException {
        var result = clients.run(server.socket(), LIMIT, command);
        assertThat(result.status()).as("%s: %s", command, result.output()).isZero();
        assertThat(result.output()).doesNotContainIgnoringCase("failed");
        return result.output();
    }

    private static String path(BackendProcess server) {
        return "path=/sockets/" + server.socket().getFileName();
    }

    private BackendProcess serve(Path image, int queues) throws Exception {
        var sockets = Files.createTempDirectory(directory, "sockets");
        return BackendProcess.serve("clients", Disk.of("blk", sockets, image).withQueues(queues));
    }

    /** An image without a hole, full of a byte no client writes. */
    private Path image(int size) throws IOException {
        return image(directory, size);
    }

    private static Path image(Path where, int size) throws IOException {
        var contents = new byte[size];
        Arrays.fill(contents, OLD);
        return Files.write(where.resolve("disk.img"), contents);
    }

    private static int blocksOf(Path image, byte value) throws IOException {
        var block = new byte[BLOCK];
        Arrays.fill(block, value);
        var contents = Files.readAllBytes(image);
        int count = 0;
        for (int offset = 0; offset < contents.length; offset += BLOCK) {
            if (Arrays.equals(contents, offset, offset + BLOCK, block, 0, BLOCK)) {
                count++;
            }
        }
        return count;
    }

    private static void assertSame(Path image, byte[] expected) throws IOException {
        assertThat(Arrays.mismatch(Files.readAllBytes(image), expected)).as("first offset that differs").isEqualTo(-1);
    }

    private static long allocatedBytes(Path file) throws IOException {
        // "unix:blocks" does not exist; stat counts in units of 512 bytes.
        var stat = new ProcessBuilder("stat", "--format=%b", file.toString()).start();
        try (var output = stat.inputReader()) {
            return Long.parseLong(output.readLine()) * 512;
        }
    }
}
