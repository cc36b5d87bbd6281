package dev.isthmus.blk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.blk.store.FileStore;
import dev.isthmus.blk.store.FileStoreOptions;
import dev.isthmus.fuzz.LeavesNothing;
import dev.isthmus.linux.FileIo;
import dev.isthmus.linux.OfdLock;
import dev.isthmus.linux.OwnedFd;
import dev.isthmus.vhostuser.Code;
import dev.isthmus.vhostuser.FakeFrontend;
import dev.isthmus.vhostuser.FakeRing;
import dev.isthmus.vhostuser.ProtocolViolation;
import dev.isthmus.vhostuser.WireRig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An image that somebody else has when a front-end starts the first ring, over a real socket. */
@LeavesNothing
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LockedImageWireTest {
    /** QEMU's byte of those who write. */
    private static final int WRITES = 101;

    @TempDir
    Path directory;

    @Test
    void frontendIsDisconnectedWithoutBlameUntilTheImageIsFree() throws IOException {
        Path image = Files.write(directory.resolve("image"), new byte[4096]);
        BlkDevice device = BlkDevice.create("locked", new BlkDeviceOptions("", 1, null),
                FileStore.open("locked", FileStoreOptions.of(image)));
        try (WireRig<BlkDevice> rig = WireRig.serve(device);
                OwnedFd other = FileIo.open(image.toString(), false, false)) {
            assertThat(OfdLock.tryShared(other, WRITES, 1)).isTrue();
            try (FakeFrontend early = rig.connected(0)) {
                FakeRing ring = early.ring(0, 16);
                early.configure(ring, 0);
                early.send(Code.SET_VRING_KICK, 1, FakeFrontend.vringFd(0), ring.kick());
                assertThat(early.isClosedByPeer()).isTrue();
            }
            rig.awaitDisconnected();
            assertThat(device.startProblem()).contains("is being written by another process");
            assertThat(rig.server().counters().startFailures()).isOne();
            assertThat(rig.server().counters().violations(ProtocolViolation.Rule.VRING)).isZero();

            OfdLock.unlock(other, WRITES, 1);

            try (FakeFrontend late = rig.connected(0)) {
                assertThat(late.startDisk(0, 16).read(0, 512).status()).isZero();
                assertThat(device.startProblem()).isNull();
            }
        }
    }
}
