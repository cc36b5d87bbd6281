package dev.isthmus.blk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.blk.store.FileStore;
import dev.isthmus.blk.store.FileStoreOptions;
import dev.isthmus.fuzz.LeavesNothing;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.UnixSocket;
import dev.isthmus.vhostuser.Code;
import dev.isthmus.vhostuser.FakeDisk;
import dev.isthmus.vhostuser.FakeFrontend;
import dev.isthmus.vhostuser.WireRig;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An image that becomes larger while a guest uses it, over a real socket. */
@LeavesNothing
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GrowingDiskWireTest {
    private static final int SECTOR = 512;

    @TempDir
    Path directory;

    private Path image() {
        return directory.resolve("image");
    }

    private void resize(long sectors) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(image().toFile(), "rw")) {
            file.setLength(sectors * SECTOR);
        }
    }

    /** virtio 1.3, 5.2.4: at 12 behind the message's own fields, a u64 in sectors. */
    private static long capacity(FakeFrontend frontend) throws LinuxException {
        return ByteBuffer.wrap(frontend.getConfig(0, 60).payload()).order(ByteOrder.LITTLE_ENDIAN).getLong(12);
    }

    @Test
    void guestIsToldOfTheNewCapacityAndReachesIt() throws IOException {
        resize(100);
        BlkDevice device = BlkDevice.create("grows", new BlkDeviceOptions("", 1, null),
                FileStore.open("grows", FileStoreOptions.of(image())));
        try (WireRig<BlkDevice> rig = WireRig.serve(device); FakeFrontend frontend = rig.connected(0);
                UnixSocket channel = frontend.openBackendChannel()) {
            FakeDisk disk = frontend.startDisk(0, 16);
            assertThat(FakeFrontend.receive(channel).code()).isEqualTo(Code.CONFIG_CHANGE_MSG);
            assertThat(capacity(frontend)).isEqualTo(100);
            assertThat(disk.write(100, new byte[SECTOR]).status()).as("beyond the end").isOne();

            resize(200);
            device.refresh();

            assertThat(FakeFrontend.receive(channel).code()).isEqualTo(Code.CONFIG_CHANGE_MSG);
            assertThat(capacity(frontend)).isEqualTo(200);
            assertThat(disk.write(199, new byte[SECTOR]).status()).isZero();
            assertThat(disk.write(200, new byte[SECTOR]).status()).isOne();
        }
    }
}
