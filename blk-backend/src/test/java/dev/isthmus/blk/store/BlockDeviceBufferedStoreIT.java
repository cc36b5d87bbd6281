package dev.isthmus.blk.store;

class BlockDeviceBufferedStoreIT extends BlockDeviceStoreContract {
    BlockDeviceBufferedStoreIT() {
        super(512, false);
    }
}
