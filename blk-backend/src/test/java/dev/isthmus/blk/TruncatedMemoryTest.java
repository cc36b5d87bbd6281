package dev.isthmus.blk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.blk.store.BlockStore;
import dev.isthmus.blk.store.FileStore;
import dev.isthmus.blk.store.FileStoreOptions;
import dev.isthmus.blk.store.MemoryStore;
import dev.isthmus.blk.store.NullStore;
import dev.isthmus.fuzz.ProcessResources;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.server.ConnectionState;
import dev.isthmus.vhostuser.Code;
import dev.isthmus.vhostuser.FakeDisk;
import dev.isthmus.vhostuser.FakeFrontend;
import dev.isthmus.vhostuser.LogLines;
import dev.isthmus.vhostuser.SharedRam;
import dev.isthmus.vhostuser.Waiting;
import dev.isthmus.vhostuser.WireRig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A front-end cuts off the file its guest's memory is in, while the device works on it. Whoever touches what is gone
 * gets a signal; the process lives, that connection ends, and another device does not notice.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TruncatedMemoryTest {
    private static final int SIZE = 64;
    private static final long DISK_BYTES = 4 << 20;
    private static final long MORE_GUEST = 0x2_0000_0000L;
    private static final int MORE_BYTES = 64 << 10;
    private static final int MANY_BYTES = 1 << 20;

    @TempDir
    Path directory;

    private BlockStore store(String kind) throws IOException {
        if (kind.equals("null")) {
            return NullStore.open(DISK_BYTES, true);
        }
        if (kind.equals("memory")) {
            return MemoryStore.open(kind, DISK_BYTES);
        }
        Path image = Files.write(directory.resolve(kind), new byte[(int) DISK_BYTES]);
        return FileStore.open(kind, FileStoreOptions.of(image).withDirect(kind.equals("file-direct")));
    }

    private WireRig<BlkDevice> serve(String name, String kind, long pollMicros) throws IOException {
        return WireRig.serve(BlkDevice.create(name, new BlkDeviceOptions(name, 1, null), store(kind)), 1, pollMicros);
    }

    private static void expectIo(FakeDisk disk) throws LinuxException {
        assertThat(disk.write(8, new byte[4096]).status()).isZero();
        assertThat(disk.read(8, 4096).status()).isZero();
    }

    /** All of it, ring and descriptors too. */
    @ParameterizedTest(name = "{0}, polling {1} us")
    @CsvSource({"null, 0", "null, 20", "memory, 0", "file, 0", "file, 20"})
    void ringThatIsGoneEndsItsConnectionAlone(String kind, long pollMicros) throws IOException {
        ProcessResources before = ProcessResources.now();
        try (WireRig<BlkDevice> hit = serve("hit", kind, pollMicros);
                WireRig<BlkDevice> spared = serve("spared", "memory", pollMicros);
                FakeFrontend other = spared.connected(Code.EVENT_IDX);
                LogLines log = new LogLines()) {
            FakeDisk unharmed = other.startDisk(0, SIZE);
            for (int life = 0; life < 3; life++) {
                FakeFrontend frontend = hit.connected(0);
                FakeDisk disk = frontend.startDisk(0, SIZE);
                expectIo(disk);
                frontend.ram().truncate(0);
                disk.ring().forceKick();
                assertThat(frontend.isClosedByPeer()).isTrue();
                hit.awaitDisconnected();
                frontend.close();
                expectIo(unharmed);
            }
            assertThat(log.of("hit")).hasSize(3).allMatch(line -> line.contains("truncated"));
            assertThat(spared.server().state()).isEqualTo(ConnectionState.CONNECTED);
            FakeFrontend next = hit.connected(0);
            expectIo(next.startDisk(0, SIZE));
            next.close();
        }
        before.expectAgain();
    }

    /** Requests a store has finished meet a guest whose memory is gone, status bytes and all, but for the ring. */
    @ParameterizedTest(name = "the ring too: {0}")
    @ValueSource(booleans = {true, false})
    void requestsInFlightAreCountedOffAndNothingStaysMapped(boolean ringToo) throws IOException {
        ProcessResources before = ProcessResources.now();
        HoldingStore holding = new HoldingStore(NullStore.open(DISK_BYTES, false));
        BlkDevice device = BlkDevice.create("hit", new BlkDeviceOptions("hit", 1, null), holding);
        try (WireRig<BlkDevice> hit = WireRig.serve(device);
                SharedRam more = SharedRam.allocate(MORE_GUEST, MORE_GUEST, MANY_BYTES);
                LogLines log = new LogLines()) {
            FakeFrontend frontend = hit.connected(0);
            frontend.addRegion(more);
            FakeDisk disk = new FakeDisk(frontend.startDisk(0, SIZE).ring(), more, 0, 512);
            for (int i = 0; i < 10; i++) {
                disk.submitRead(i, 512);
            }
            Waiting.until("they are in flight", () -> holding.heldCount() == 10);
            more.truncate(0);
            if (ringToo) {
                frontend.ram().truncate(0);
            }
            holding.release();
            assertThat(frontend.isClosedByPeer()).isTrue();
            hit.awaitDisconnected();
            frontend.close();
            assertThat(log.of("hit")).hasSize(1).allMatch(line -> line.contains("truncated"));
        }
        before.expectAgain();
    }

    /** Only buffers of requests: the worker touches them, or the kernel for a store. */
    @ParameterizedTest(name = "{0}, polling {1} us")
    @CsvSource({"null, 0", "null, 20", "memory, 0", "file, 0", "file, 20", "file-direct, 0"})
    void bufferThatIsGoneNeverHurtsTheProcess(String kind, long pollMicros) throws IOException {
        ProcessResources before = ProcessResources.now();
        try (WireRig<BlkDevice> hit = serve("hit", kind, pollMicros);
                WireRig<BlkDevice> spared = serve("spared", "memory", pollMicros);
                FakeFrontend other = spared.connected(Code.EVENT_IDX);
                SharedRam more = SharedRam.allocate(MORE_GUEST, MORE_GUEST, MORE_BYTES)) {
            FakeDisk unharmed = other.startDisk(0, SIZE);
            FakeFrontend frontend = hit.connected(0);
            frontend.addRegion(more);
            FakeDisk disk = frontend.startDisk(0, SIZE);
            expectIo(disk);
            more.truncate(0);
            for (int i = 0; i < 5; i++) {
                disk.submitAt(FakeDisk.IN, i, 4096, more.guest(4096L * i));
                disk.submitAt(FakeDisk.OUT, i, 4096, more.guest(4096L * i));
            }
            // Each is answered with an error, or the connection ends.
            Waiting.until("answers or the end", () -> disk.ring().usedIndex() == 12
                    || hit.server().state() == ConnectionState.LISTENING);
            expectIo(unharmed);
            assertThat(hit.device().store().counters().flushFailed()).as("the image is sound").isFalse();
            frontend.close();
            hit.awaitDisconnected();
            FakeFrontend next = hit.connected(0);
            expectIo(next.startDisk(0, SIZE));
            next.close();
        }
        before.expectAgain();
    }
}
