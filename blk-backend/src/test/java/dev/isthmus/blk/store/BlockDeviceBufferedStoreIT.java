package dev.isthmus.blk.store;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

@Tag("e2e")
class BlockDeviceBufferedStoreIT extends GrowingStoreContract {
    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private LoopDevice device;

    @Override
    BlockStore open() throws IOException {
        device = LoopDevice.over(Images.sparse(directory, "loop.img", SIZE_BYTES), 512, false);
        return FileStore.open("vda", FileStoreOptions.of(device.path()));
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
