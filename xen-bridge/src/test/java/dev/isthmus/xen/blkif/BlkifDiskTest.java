package dev.isthmus.xen.blkif;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.isthmus.blk.store.MemoryStore;
import dev.isthmus.xen.blkif.GuestRing.Response;
import dev.isthmus.xen.bridge.ServedDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A guest in memory, the bridge's worker, and a real back-end behind a real socket. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BlkifDiskTest {
    private static final int READ = 0;
    private static final int WRITE = 1;
    private static final int BARRIER = 2;
    private static final int FLUSH = 3;
    private static final long DISK_BYTES = 8 << 20;
    private static final long SECTORS = DISK_BYTES / 512;

    @TempDir
    Path directory;

    private BlkifDiskOptions options(boolean readOnly) {
        return new BlkifDiskOptions("test", directory.resolve("socket"), BlkGuest.DOMAIN, directory.resolve("journal"),
                readOnly, 4 << 20, Duration.ofNanos(20_000));
    }

    private TestDisk serve() throws IOException {
        return TestDisk.serve(directory.resolve("socket"), MemoryStore.open("disk", DISK_BYTES));
    }

    private static byte[] random(int seed) {
        byte[] page = new byte[4096];
        new Random(seed).nextBytes(page);
        return page;
    }

    @ParameterizedTest
    @CsvSource({"NATIVE, 1, 1", "X86_32, 1, 1", "X86_64, 1, 1", "X86_64, 4, 2", "X86_32, 16, 4"})
    void whatIsWrittenIsRead(BlkifProtocol protocol, int ringPages, int ringCount) throws Exception {
        try (TestDisk _ = serve(); BlkGuest guest = new BlkGuest(protocol, ringCount, ringPages, 64);
                var disk = BlkifDisk.open(options(false), guest)) {
            disk.connect(guest.connection());
            for (int r = 0; r < ringCount; r++) {
                GuestRing ring = guest.rings[r];
                for (int i = 0; i < 3 * ring.size(); i++) {
                    guest.fill(0, random(i));
                    guest.fill(1, random(~i));
                    assertThat(ring.execute(ring.request(WRITE, 5000 + i, 16 + i % 8, guest.grant(0), 0, 7,
                            guest.grant(1), 2, 2))).isEqualTo(new Response(5000 + i, WRITE, 0));
                    assertThat(ring.execute(ring.request(READ, -i, 16 + i % 8, guest.grant(2), 5, 7, guest.grant(3), 0,
                            5))).isEqualTo(new Response(-i, READ, 0));
                    assertThat(guest.contents(2, 5 * 512, 3 * 512))
                            .isEqualTo(Arrays.copyOf(random(i), 3 * 512));
                    assertThat(guest.contents(3, 0, 5 * 512))
                            .isEqualTo(Arrays.copyOfRange(random(i), 3 * 512, 4096));
                    assertThat(guest.contents(3, 5 * 512, 512))
                            .isEqualTo(Arrays.copyOfRange(random(~i), 2 * 512, 3 * 512));
                }
            }
            disk.disconnect();
            assertThat(guest.domain.mappings()).isZero();
            assertThat(guest.domain.bindings()).isZero();
            assertThat(directory.resolve("journal")).doesNotExist();
        }
    }

    @Test
    void tellsWhatTheBackendHas() throws Exception {
        try (TestDisk _ = serve(); BlkGuest guest = new BlkGuest(BlkifProtocol.NATIVE, 1, 1, 1);
                var disk = BlkifDisk.open(options(false), guest)) {
            BlkifProperties properties = disk.properties();
            assertThat(properties)
                    .isEqualTo(new BlkifProperties(SECTORS, 512, 4096, false, true, true, 4096, 0, 2, 4, 124));
            assertThat(disk.isBackendConnected()).isTrue();
            assertThat(disk.fault()).isEmpty();
        }
    }

    @Test
    void executesFlushBarrierAndDiscard() throws Exception {
        try (TestDisk _ = serve(); BlkGuest guest = new BlkGuest(BlkifProtocol.X86_64, 1, 1, 8);
                var disk = BlkifDisk.open(options(false), guest)) {
            disk.connect(guest.connection());
            GuestRing ring = guest.ring();
            guest.fill(0, random(1));
            assertThat(ring.execute(ring.request(BARRIER, 1, 80, guest.grant(0), 0, 7)))
                    .isEqualTo(new Response(1, BARRIER, 0));
            assertThat(ring.execute(ring.request(BARRIER, 2, 0))).isEqualTo(new Response(2, BARRIER, 0));
            assertThat(ring.execute(ring.request(FLUSH, 3, 0))).isEqualTo(new Response(3, FLUSH, 0));
            assertThat(ring.execute(ring.request(FLUSH, 4, 88, guest.grant(0), 0, 7)))
                    .isEqualTo(new Response(4, FLUSH, 0));
            assertThat(ring.execute(ring.request(READ, 5, 88, guest.grant(1), 0, 7)))
                    .isEqualTo(new Response(5, READ, 0));
            assertThat(guest.contents(1, 0, 4096)).isEqualTo(random(1));
            assertThat(ring.execute(ring.discard(0, 6, 80, 8))).isEqualTo(new Response(6, 5, 0));
            assertThat(ring.execute(ring.request(READ, 7, 80, guest.grant(1), 0, 7)))
                    .isEqualTo(new Response(7, READ, 0));
            assertThat(guest.contents(1, 0, 4096)).isEqualTo(new byte[4096]);
            assertThat(ring.execute(ring.discard(1, 8, 80, 8))).isEqualTo(new Response(8, 5, -2));
            assertThat(ring.execute(ring.discard(0, 9, 80, SECTORS))).isEqualTo(new Response(9, 5, -1));
            assertThat(ring.execute(ring.request(4, 10, 80))).isEqualTo(new Response(10, 4, -2));
            assertThat(disk.counters().barriers.get()).isEqualTo(2);
            assertThat(disk.counters().flushes.get()).isEqualTo(2);
            assertThat(disk.counters().discards.get()).isEqualTo(1);
            assertThat(disk.counters().unsupported.get()).isEqualTo(2);
            assertThat(disk.counters().errors.get()).isEqualTo(1);
        }
    }

    @Test
    void executesIndirectRequests() throws Exception {
        try (TestDisk _ = serve(); BlkGuest guest = new BlkGuest(BlkifProtocol.X86_64, 1, 1, 260);
                var disk = BlkifDisk.open(options(false), guest)) {
            disk.connect(guest.connection());
            GuestRing ring = guest.ring();
            for (int i = 0; i < 124; i++) {
                guest.fill(i, random(i));
            }
            guest.fill(250, GuestRing.segments(guest.whole(0, 124)));
            guest.fill(251, GuestRing.segments(guest.whole(125, 124)));
            assertThat(ring.execute(ring.indirect(WRITE, 124, 1, 0, guest.grant(250))))
                    .isEqualTo(new Response(1, WRITE, 0));
            assertThat(ring.execute(ring.indirect(READ, 124, 2, 0, guest.grant(251))))
                    .isEqualTo(new Response(2, READ, 0));
            for (int i = 0; i < 124; i++) {
                assertThat(guest.contents(125 + i, 0, 4096)).isEqualTo(random(i));
            }
            assertThat(ring.execute(ring.indirect(READ, 125, 3, 0, guest.grant(251))).status()).isEqualTo(-1);
            assertThat(ring.execute(ring.indirect(BARRIER, 1, 4, 0, guest.grant(251))).status()).isEqualTo(-1);
            assertThat(ring.execute(ring.indirect(READ, 1, 5, 0, 4000)).status()).isEqualTo(-1);
            assertThat(disk.counters().device.failedCopies.get()).isEqualTo(1);
        }
    }

    @Test
    void aFullRingIsServed() throws Exception {
        try (TestDisk _ = serve(); BlkGuest guest = new BlkGuest(BlkifProtocol.X86_64, 1, 16, 11);
                var disk = BlkifDisk.open(options(false), guest)) {
            disk.connect(guest.connection());
            GuestRing ring = guest.ring();
            for (int round = 0; round < 20; round++) {
                while (ring.outstanding() < ring.size()) {
                    ring.put(ring.request(ring.outstanding() % 2, ring.outstanding(), 8L * ring.outstanding(),
                            guest.whole(0, 11)));
                }
                ring.push();
                boolean[] seen = new boolean[ring.size()];
                while (ring.outstanding() > 0) {
                    Response response = ring.await();
                    assertThat(response.status()).isZero();
                    assertThat(seen[(int) response.id()]).isFalse();
                    seen[(int) response.id()] = true;
                }
            }
            disk.disconnect();
            assertThat(disk.counters().inFlight.get()).isZero();
        }
    }

    @Test
    void aReadOnlyDiskIsNotWritten() throws Exception {
        try (TestDisk _ = serve(); BlkGuest guest = new BlkGuest(BlkifProtocol.X86_64, 1, 1, 8);
                var disk = BlkifDisk.open(options(true), guest)) {
            assertThat(disk.properties().readOnly()).isTrue();
            disk.connect(guest.connection());
            GuestRing ring = guest.ring();
            assertThat(ring.execute(ring.request(WRITE, 1, 0, guest.grant(0), 0, 7)).status()).isEqualTo(-1);
            assertThat(ring.execute(ring.request(BARRIER, 1, 0, guest.grant(0), 0, 7)).status()).isEqualTo(-1);
            assertThat(ring.execute(ring.discard(0, 1, 0, 8)).status()).isEqualTo(-2);
            assertThat(ring.execute(ring.request(FLUSH, 1, 0)).status()).isZero();
            assertThat(ring.execute(ring.request(READ, 1, 0, guest.grant(0), 0, 7)).status()).isZero();
        }
    }

    @Test
    void wrongNumbersAreRefusedAndLeaveNothing() throws Exception {
        try (TestDisk _ = serve(); BlkGuest guest = new BlkGuest(BlkifProtocol.X86_64, 1, 1, 8);
                var disk = BlkifDisk.open(options(false), guest)) {
            BlkifRing good = guest.ring().described();
            refuse(disk, List.of(), "0 rings");
            refuse(disk, List.of(good, good, good, good, good), "5 rings");
            refuse(disk, List.of(new BlkifRing(new int[0], good.remotePort())), "0 pages");
            refuse(disk, List.of(new BlkifRing(new int[3], good.remotePort())), "3 pages");
            refuse(disk, List.of(new BlkifRing(new int[32], good.remotePort())), "32 pages");
            refuse(disk, List.of(new BlkifRing(new int[] {-1}, good.remotePort())), "4294967295");
            refuse(disk, List.of(new BlkifRing(good.references(), -1)), "4294967295");
            refuse(disk, List.of(good, new BlkifRing(new int[2], 3)), "different sizes");
            assertThat(guest.domain.mappings()).isZero();
            assertThat(guest.domain.bindings()).isZero();
            disk.connect(guest.connection());
            assertThat(guest.ring().execute(guest.ring().request(FLUSH, 1, 0)).status()).isZero();
        }
    }

    private static void refuse(ServedDevice<BlkifConnection, BlkifProperties, BlkifCounters> disk, List<
            BlkifRing> rings, String text) {
        assertThatThrownBy(() -> disk.connect(new BlkifConnection(BlkifProtocol.X86_64, rings)))
                .isInstanceOf(IOException.class).hasMessageContaining(text);
    }

    @Test
    void aProducerFarAheadClosesItsRingOnly() throws Exception {
        try (TestDisk _ = serve(); BlkGuest guest = new BlkGuest(BlkifProtocol.X86_64, 2, 1, 8);
                var disk = BlkifDisk.open(options(false), guest)) {
            disk.connect(guest.connection());
            GuestRing bad = guest.rings[0];
            dev.isthmus.linux.HostMemory.putU32(bad.page, 33);
            guest.domain.signal(bad.port);
            GuestRing good = guest.rings[1];
            while (disk.fault().isEmpty()) {
                assertThat(good.execute(good.request(FLUSH, 1, 0)).status()).isZero();
            }
            assertThat(disk.fault()).get().asString().contains("ring 0");
            assertThat(disk.counters().device.ringFaults.get()).isEqualTo(1);
            disk.disconnect();
            assertThat(guest.domain.mappings()).isZero();
        }
    }

    @Test
    void waitsForABackendThatIsNotThereYet() throws Exception {
        try (BlkGuest guest = new BlkGuest(BlkifProtocol.X86_64, 1, 1, 8);
                var disk = BlkifDisk.open(options(false), guest)) {
            assertThat(disk.isBackendConnected()).isFalse();
            assertThat(disk.fault()).isPresent();
            try (TestDisk _ = serve()) {
                assertThat(disk.properties().sectors()).isEqualTo(SECTORS);
            }
        }
    }

    @Test
    void closingEndsWaiting() throws Exception {
        try (BlkGuest guest = new BlkGuest(BlkifProtocol.X86_64, 1, 1, 8)) {
            var disk = BlkifDisk.open(options(false), guest);
            Thread closer = Thread.ofPlatform().start(disk::close);
            assertThatThrownBy(disk::properties).isInstanceOf(IOException.class);
            closer.join();
            assertThatThrownBy(() -> disk.connect(guest.connection())).isInstanceOf(IOException.class);
            disk.disconnect();
            disk.close();
        }
    }

    @Test
    void aUsedRingWithoutItsJournalIsRefused() throws Exception {
        try (TestDisk _ = serve(); BlkGuest guest = new BlkGuest(BlkifProtocol.X86_64, 1, 1, 8)) {
            try (var disk = BlkifDisk.open(options(false), guest)) {
                disk.connect(guest.connection());
                assertThat(guest.ring().execute(guest.ring().request(FLUSH, 1, 0)).status()).isZero();
            }
            Files.delete(directory.resolve("journal"));
            try (var disk = BlkifDisk.open(options(false), guest)) {
                refuse(disk, guest.connection().rings(), "has been used (1 responses)");
            }
        }
    }
}
