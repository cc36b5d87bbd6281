package dev.isthmus.blk.store;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/** A {@link FileStore} on a block device: a loop device whose file can grow. */
@Tag("e2e")
abstract class BlockDeviceStoreContract extends GrowingStoreContract {
    private final int blockBytes;
    private final boolean direct;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private LoopDevice device;

    /** @param blockBytes logical block of the device */
    BlockDeviceStoreContract(int blockBytes, boolean direct) {
        this.blockBytes = blockBytes;
        this.direct = direct;
    }

    @Override
    BlockStore open() throws IOException {
        device = LoopDevice.over(Images.sparse(directory, "loop.img", SIZE_BYTES), blockBytes, false);
        return FileStore.open("vda", FileStoreOptions.of(device.path()).withDirect(direct));
    }

    @Override
    void grow(long sizeBytes) throws IOException {
        Images.resize(directory.resolve("loop.img"), sizeBytes);
        device.resize();
    }

    @AfterEach
    void detach() throws IOException {
        device.close();
    }
}
