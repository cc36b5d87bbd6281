package dev.isthmus.xen.blkif;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.isthmus.blk.store.MemoryStore;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The way of a request between ring and back-end makes no object. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BlkifAllocationTest {
    /** Of 32 requests. */
    private static final int ROUNDS = 2000;
    /** Code that is not compiled yet makes objects, and on a busy machine that may take a while. */
    private static final int ATTEMPTS = 50;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @TempDir
    Path directory;

    private final byte[][] requests = new byte[32][];

    private void prepare(BlkGuest guest) {
        GuestRing ring = guest.ring();
        guest.fill(30, GuestRing.segments(guest.whole(0, 24)));
        for (int i = 0; i < requests.length; i++) {
            requests[i] = switch (i % 8) {
                case 0, 1 -> ring.request(0, i, 8L * i, guest.whole(0, 11));
                case 2, 3 -> ring.request(1, i, 8L * i, guest.whole(0, 1 + i % 11));
                case 4 -> ring.request(3, i, 0);
                case 5 -> ring.indirect(i & 1, 24, i, 8, guest.grant(30));
                case 6 -> i == 6 ? ring.request(2, i, 8, guest.whole(0, 1)) : ring.request(9, i, 0);
                default -> ring.discard(0, i, 64, 8);
            };
        }
    }

    /** Bytes allocated by rounds of 32 requests. */
    private long measure(BlkGuest guest, DiskService service, int rounds) {
        GuestRing ring = guest.ring();
        long bytes = 0;
        for (int round = 0; round < rounds; round++) {
            for (byte[] request : requests) {
                ring.put(request);
            }
            ring.push();
            long before = THREADS.getCurrentThreadAllocatedBytes();
            while (service.turn() > 0 || service.inFlight() > 0) {
                Thread.onSpinWait();
            }
            bytes += THREADS.getCurrentThreadAllocatedBytes() - before;
            while (ring.outstanding() > 0) {
                assertThat(ring.poll()).isNotNull();
            }
        }
        return bytes;
    }

    @Test
    void nothingIsAllocatedBetweenRingAndBackend() throws Exception {
        try (BlkGuest guest = new BlkGuest(BlkifProtocol.X86_64, 1, 1, 40);
                RingRig rig = new RingRig(directory.resolve("journal"), guest)) {
            prepare(guest);
            DiskService service = rig.link.service();
            expectNothing(ROUNDS, () -> measure(guest, service, ROUNDS));
        }
    }

    @Test
    void nothingIsAllocatedWithARealBackend() throws Exception {
        Path socket = directory.resolve("socket");
        try (TestDisk _ = TestDisk.serve(socket, MemoryStore.open("disk", 1 << 20));
                BlkGuest guest = new BlkGuest(BlkifProtocol.X86_64, 1, 1, 40);
                RingRig rig = new RingRig(directory.resolve("journal"), guest);
                BackendConnection connection = BackendConnection.open(socket, false);
                VirtioBackend backend = VirtioBackend.start(connection, 1, 1 << 20)) {
            prepare(guest);
            rig.link.service().resume(backend, connection.properties(), false);
            DiskService service = rig.link.service();
            expectNothing(ROUNDS / 4, () -> measure(guest, service, ROUNDS / 4));
        }
    }

    @Test
    void theWorkerAllocatesNothingForARequest() throws Exception {
        Path socket = directory.resolve("socket");
        BlkifDiskOptions options = new BlkifDiskOptions("allocation", socket, BlkGuest.DOMAIN,
                directory.resolve("journal"), false, 4 << 20, Duration.ofNanos(20_000));
        try (TestDisk _ = TestDisk.serve(socket, MemoryStore.open("disk", 1 << 20));
                BlkGuest guest = new BlkGuest(BlkifProtocol.X86_64, 1, 1, 40);
                var disk = BlkifDisk.open(options, guest)) {
            disk.connect(guest.connection());
            prepare(guest);
            long worker = Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().equals("blkif-allocation")).findFirst().orElseThrow().threadId();
            expectNothing(ROUNDS / 4, () -> {
                long before = THREADS.getThreadAllocatedBytes(worker);
                serve(guest, ROUNDS / 4);
                return THREADS.getThreadAllocatedBytes(worker) - before;
            });
        }
    }

    /** Less than one object in a hundred rounds, so nothing for a request and nothing for a turn. */
    private static void expectNothing(int rounds, Callable<Long> allocated) throws Exception {
        long bytes = Long.MAX_VALUE;
        for (int i = 0; i < ATTEMPTS && bytes > rounds / 100 * 16L; i++) {
            bytes = allocated.call();
        }
        assertThat(bytes).as("bytes in %d rounds", rounds).isLessThanOrEqualTo(rounds / 100 * 16L);
    }

    /** With sleeps on both sides. */
    private void serve(BlkGuest guest, int rounds) throws InterruptedException {
        GuestRing ring = guest.ring();
        for (int round = 0; round < rounds; round++) {
            for (byte[] request : requests) {
                ring.put(request);
            }
            ring.push();
            while (ring.outstanding() > 0) {
                ring.await();
            }
        }
    }
}
