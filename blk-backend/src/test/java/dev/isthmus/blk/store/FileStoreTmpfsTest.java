package dev.isthmus.blk.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;

/** tmpfs knows neither RWF_NOWAIT nor ZERO_RANGE. */
class FileStoreTmpfsTest extends GrowingStoreContract {
    private Path image;

    @Override
    BlockStore open() throws IOException {
        image = Files.createTempFile(Path.of("/dev/shm"), "isthmus-store-test", ".img");
        Images.resize(image, SIZE_BYTES);
        return FileStore.open("vda", FileStoreOptions.of(image));
    }

    @Override
    void grow(long sizeBytes) {
        Images.resize(image, sizeBytes);
    }

    @AfterEach
    void deleteImage() throws IOException {
        Files.delete(image);
    }
}
