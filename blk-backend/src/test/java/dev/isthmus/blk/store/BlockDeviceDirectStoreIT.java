package dev.isthmus.blk.store;

class BlockDeviceDirectStoreIT extends BlockDeviceStoreContract {
    BlockDeviceDirectStoreIT() {
        super(512, true);
    }
}
