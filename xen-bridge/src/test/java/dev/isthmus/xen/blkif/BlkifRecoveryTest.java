package dev.isthmus.xen.blkif;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.fuzz.LeavesNothing;
import dev.isthmus.xen.bridge.ServedDevice;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.SynchronousQueue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Back-ends and bridges that come and go under a guest's verified load. */
@LeavesNothing
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BlkifRecoveryTest {
    private static final int DISK_BYTES = 1 << 20;
    private static final int TIMES = 8;
    private static final int ANSWERS = 300;

    @TempDir
    Path directory;

    private Path image;
    private Path socket;
    private BlkifDiskOptions options;

    @BeforeEach
    void createImage() throws IOException {
        image = directory.resolve("image");
        socket = directory.resolve("socket");
        options = new BlkifDiskOptions("recovery", socket, BlkGuest.DOMAIN, directory.resolve("journal"), false, 4
                << 20,
                Duration.ofNanos(20_000));
        size(DISK_BYTES);
    }

    private void size(int bytes) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(bytes);
        }
    }

    private TestDisk serve() throws IOException {
        return TestDisk.serve(socket, image);
    }

    @Test
    void aBackendThatComesBackIsAPause() throws Exception {
        try (BlkGuest guest = new BlkGuest(BlkifProtocol.X86_64, 1, 1, 24);
                var disk = BlkifDisk.open(options, guest)) {
            TestDisk backend = serve();
            disk.connect(guest.connection());
            try (GuestLoad load = new GuestLoad(guest, 1)) {
                for (int i = 0; i < TIMES; i++) {
                    load.awaitAnswers(ANSWERS);
                    backend.close();
                    backend = serve();
                }
                load.awaitAnswers(ANSWERS);
            }
            assertThat(disk.counters().device.backendConnects.get()).isGreaterThanOrEqualTo(TIMES + 1);
            assertThat(disk.counters().errors.get()).isZero();
            assertThat(disk.fault()).isEmpty();
            disk.disconnect();
            assertThat(guest.domain.mappings()).isZero();
            backend.close();
        }
    }

    @Test
    void aBridgeThatComesBackIsAPause() throws Exception {
        try (TestDisk _ = serve(); BlkGuest guest = new BlkGuest(BlkifProtocol.X86_32, 1, 1, 24)) {
            var disk = BlkifDisk.open(options, guest);
            disk.connect(guest.connection());
            long again = 0;
            try (GuestLoad load = new GuestLoad(guest, 2)) {
                for (int i = 0; i < TIMES; i++) {
                    load.awaitAnswers(ANSWERS);
                    disk.close();
                    assertThat(guest.domain.mappings()).isZero();
                    assertThat(guest.domain.bindings()).isZero();
                    disk = BlkifDisk.open(options, guest);
                    disk.connect(guest.connection());
                    again += disk.counters().resubmitted.get();
                }
                load.awaitAnswers(ANSWERS);
            }
            disk.disconnect();
            disk.close();
            assertThat(again).isGreaterThanOrEqualTo(0);
        }
    }

    @Test
    void aGuestMayConnectAgain() throws Exception {
        try (TestDisk _ = serve(); BlkGuest guest = new BlkGuest(BlkifProtocol.X86_64, 1, 1, 24);
                var disk = BlkifDisk.open(options, guest)) {
            for (int i = 0; i < TIMES; i++) {
                disk.connect(guest.connection());
                assertThat(guest.ring().execute(guest.ring().request(3, 1, 0)).status()).isZero();
                disk.disconnect();
                assertThat(guest.domain.mappings()).isZero();
                guest.ring().reset();
            }
        }
    }

    @Test
    void aGuestThatIsGoneIsLetGoOfWhileTheBackendIsAway() throws Exception {
        try (BlkGuest guest = new BlkGuest(BlkifProtocol.X86_64, 1, 1, 24)) {
            var disk = BlkifDisk.open(options, guest);
            try (TestDisk _ = serve()) {
                disk.connect(guest.connection());
                assertThat(guest.ring().execute(guest.ring().request(3, 1, 0)).status()).isZero();
            }
            guest.ring().put(guest.ring().request(3, 1, 0));
            guest.ring().push();
            guest.xen.destroy(guest.domain);
            disk.close();
            assertThat(guest.domain.mappings()).isZero();
        }
    }

    @Test
    void aDiskThatGrewIsTold() throws Exception {
        try (BlkGuest guest = new BlkGuest(BlkifProtocol.X86_64, 1, 1, 24);
                var disk = BlkifDisk.open(options, guest)) {
            SynchronousQueue<BlkifProperties> told = listenTo(disk);
            try (TestDisk _ = serve()) {
                disk.connect(guest.connection());
                assertThat(guest.ring().execute(
                        guest.ring().request(0, 1, DISK_BYTES / 512, guest.grant(0), 0, 7)).status()).isEqualTo(-1);
            }
            size(2 * DISK_BYTES);
            try (TestDisk _ = serve()) {
                assertThat(told.take().sectors()).isEqualTo(2 * DISK_BYTES / 512);
                assertThat(guest.ring().execute(
                        guest.ring().request(0, 1, DISK_BYTES / 512, guest.grant(0), 0, 7)).status()).isZero();
            }
            size(DISK_BYTES);
            try (TestDisk _ = serve()) {
                assertThat(guest.ring().execute(guest.ring().request(0, 1, 0, guest.grant(0), 0, 7)).status())
                        .isEqualTo(-1);
                assertThat(disk.fault()).get().asString().contains("instead of");
                assertThat(told.poll()).isNull();
            }
        }
    }

    private static SynchronousQueue<BlkifProperties> listenTo(ServedDevice<BlkifConnection, BlkifProperties,
            BlkifCounters> disk) {
        SynchronousQueue<BlkifProperties> told = new SynchronousQueue<>();
        disk.onChange(properties -> {
            try {
                told.put(properties);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        return told;
    }

    @Test
    void aDiskThatGrowsWhileItIsUsedIsTold() throws Exception {
        try (TestDisk backend = serve(); BlkGuest guest = new BlkGuest(BlkifProtocol.X86_64, 1, 1, 24);
                var disk = BlkifDisk.open(options, guest)) {
            SynchronousQueue<BlkifProperties> told = listenTo(disk);
            disk.connect(guest.connection());
            assertThat(guest.ring().execute(guest.ring().request(3, 1, 0)).status()).isZero();
            size(2 * DISK_BYTES);
            backend.refresh();
            assertThat(told.take().sectors()).isEqualTo(2 * DISK_BYTES / 512);
            assertThat(guest.ring().execute(
                    guest.ring().request(1, 1, DISK_BYTES / 512, guest.grant(0), 0, 7)).status()).isZero();
            assertThat(disk.properties().sectors()).isEqualTo(2 * DISK_BYTES / 512);
            assertThat(disk.counters().device.backendLosses.get()).isZero();
        }
    }
}
