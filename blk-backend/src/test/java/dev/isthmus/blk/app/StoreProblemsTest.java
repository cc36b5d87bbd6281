package dev.isthmus.blk.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.blk.store.BlockLimits;
import dev.isthmus.blk.store.FileStore;
import dev.isthmus.blk.store.FileStoreOptions;
import dev.isthmus.blk.store.StoreCounters;
import dev.isthmus.blk.store.StoreErrors;
import dev.isthmus.blk.store.StoreOperation;
import dev.isthmus.linux.Errno;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreProblemsTest {
    private static final BlockLimits LIMITS = new BlockLimits(8192, 512, 512, 0, false, true, true, 512);

    private final StoreCounters counters = new StoreCounters();
    private final StoreErrors errors = new StoreErrors("vda", counters);

    @Test
    void storeThatWorksHasNone() {
        errors.resultOf(StoreOperation.WRITE, 0);

        assertThat(StoreProblems.of(counters, LIMITS)).isEmpty();
    }

    @Test
    void eachIsASentence() {
        errors.resultOf(StoreOperation.READ, -Errno.EIO);
        errors.resultOf(StoreOperation.WRITE, -Errno.EIO);
        errors.resultOf(StoreOperation.WRITE, -Errno.ENOSPC);
        counters.countFlushError();

        assertThat(StoreProblems.of(counters, LIMITS)).containsExactly(
                "A flush failed: what the guest wrote may be lost. Every flush fails until the image is opened anew.",
                "The storage is full: writes that need more of it fail until it has room.",
                "The storage fails: I/O errors of READ, WRITE.");
    }

    @Test
    void imageThatWasCutOffSaysHowMuchIsMissing(@TempDir Path directory) throws IOException {
        Path image = directory.resolve("a.img");
        resize(image, 8192);
        try (FileStore store = FileStore.open("vda", FileStoreOptions.of(image))) {
            store.activate();
            resize(image, 1024);
            store.look(System.nanoTime());

            assertThat(StoreProblems.of(store.counters(), store.limits())).containsExactly("The image was cut off: the"
                    + " last 7168 of 8192 bytes fail until its size is restored and the device refreshed.");
        }
    }

    private static void resize(Path image, long sizeBytes) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(sizeBytes);
        }
    }
}
