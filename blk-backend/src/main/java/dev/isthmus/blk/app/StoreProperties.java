package dev.isthmus.blk.app;

import dev.isthmus.blk.store.BlockStore;
import dev.isthmus.blk.store.FileStore;
import dev.isthmus.blk.store.FileStoreOptions;
import dev.isthmus.blk.store.MemoryStore;
import dev.isthmus.blk.store.NullStore;
import dev.isthmus.blk.store.volume.RocksDbBlockStore;
import dev.isthmus.blk.store.volume.VolumeStoreOptions;
import java.io.IOException;

/** Where the sectors of one device live. */
sealed interface StoreProperties {
    /** Opens the store: looks at it, takes no lock. */
    BlockStore open(String deviceName) throws IOException;

    /** For the operator: what it is. */
    String describe();

    record File(FileStoreOptions options) implements StoreProperties {
        @Override
        public BlockStore open(String deviceName) throws IOException {
            return FileStore.open(deviceName, options);
        }

        @Override
        public String describe() {
            return "image " + options.path() + (options.direct() ? " (O_DIRECT)" : "");
        }
    }

    record Volume(VolumeStoreOptions options) implements StoreProperties {
        @Override
        public BlockStore open(String deviceName) throws IOException {
            return RocksDbBlockStore.open(deviceName, options);
        }

        @Override
        public String describe() {
            return "volume " + options.volume() + " in " + options.volumesDirectory();
        }
    }

    record Memory(long sizeBytes) implements StoreProperties {
        @Override
        public BlockStore open(String deviceName) throws IOException {
            return MemoryStore.open(deviceName, sizeBytes);
        }

        @Override
        public String describe() {
            return "memory";
        }
    }

    /** @param readZeroes whether reads fill the guest's buffers */
    record Null(long sizeBytes, boolean readZeroes) implements StoreProperties {
        @Override
        public BlockStore open(String deviceName) throws IOException {
            return NullStore.open(sizeBytes, readZeroes);
        }

        @Override
        public String describe() {
            return readZeroes ? "nothing (null)" : "nothing (null, reads fill nothing)";
        }
    }
}
