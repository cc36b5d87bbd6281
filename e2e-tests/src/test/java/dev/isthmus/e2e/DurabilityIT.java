package dev.isthmus.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a guest believes durable is durable: the flushes that reach the disk below are counted, one by one. */
class DurabilityIT {

    private static final int WRITES = 40;

    /** QEMU 7.2 flushes before it has noted the write: the first flush finds nothing new and is left out. */
    private static final int PEER_FLUSHES = WRITES - 1;

    /** Each is one request: direct, of one block, and dd sends the next when the last is answered. */
    private static final String WRITE = "dd if=/dev/zero of=/dev/vda bs=4k count=" + WRITES + " oflag=direct";

    /** Writes a block by way of the guest's cache and waits until it is durable. */
    private static final String WRITE_AND_SYNC = "dd if=/dev/zero of=/dev/vda bs=4k seek=8 count=1 conv=fsync";

    @TempDir
    private Path directory;

    @ParameterizedTest(name = "direct {0}")
    @ValueSource(booleans = {false, true})
    void everyFlushAndEveryWriteInWritethroughModeReachesTheDiskAsOneFlush(boolean direct) throws Exception {
        try (LoopDevice loop = LoopDevice.ofBytes(64 * Images.MEBIBYTE)) {
            Disk disk = Disk.of("durable", directory, loop.device()).withDirect(direct);
            BackendProcess backend = BackendProcess.serve("durability", disk);
            try (Guest guest = Guest.named("durability", directory).disk(disk).boot()) {
                setCacheType(guest, "write back");
                assertThat(flushes(loop, guest, WRITE)).as("writes in writeback mode").isZero();
                assertThat(flushes(loop, guest, WRITE_AND_SYNC)).as("one fsync").isOne();
                assertThat(flushes(loop, guest, "for i in $(seq 10); do " + WRITE_AND_SYNC + "; done")).as("ten fsyncs")
                        .isEqualTo(10);

                setCacheType(guest, "write through");
                assertThat(flushes(loop, guest, WRITE)).as("writes in writethrough mode")
                        .isEqualTo(BackendProcess.isPeer() ? PEER_FLUSHES : WRITES);

                if (!BackendProcess.isPeer()) { // which does not remember it
                    assertThat(backend.stop().exitStatus()).isZero();
                    backend = BackendProcess.serve("durability", disk);
                    guest.sh("dd if=/dev/vda of=/dev/null bs=4k count=1 iflag=direct"); // by the new process
                    assertThat(flushes(loop, guest, WRITE)).as("writes in writethrough mode after a restart")
                            .isEqualTo(WRITES);
                }

                setCacheType(guest, "write back");
                assertThat(flushes(loop, guest, WRITE)).as("writes in writeback mode again").isZero();
            } finally {
                backend.close();
            }
        }
    }

    /** Linux's driver writes the field writeback of the device configuration space (virtio 1.3, 5.2.4). */
    private static void setCacheType(Guest guest, String type) throws Exception {
        guest.sh("echo '" + type + "' > /sys/block/vda/cache_type");
        assertThat(guest.sh("cat /sys/block/vda/cache_type")).isEqualTo(type);
    }

    private static long flushes(LoopDevice loop, Guest guest, String script) throws IOException, InterruptedException {
        long before = loop.flushes();
        guest.sh(script);
        return loop.flushes() - before;
    }
}
