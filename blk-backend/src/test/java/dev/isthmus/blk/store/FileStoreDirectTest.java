package dev.isthmus.blk.store;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class FileStoreDirectTest extends GrowingStoreContract {
    @TempDir(factory = TargetDirectory.class)
    Path directory;

    @Override
    BlockStore open() throws IOException {
        Path image = Images.sparse(directory, "direct.img", SIZE_BYTES);
        return FileStore.open("vda", FileStoreOptions.of(image).withDirect(true));
    }

    @Override
    void grow(long sizeBytes) {
        Images.resize(directory.resolve("direct.img"), sizeBytes);
    }
}
