package dev.isthmus.blk.store;

class BlockDeviceDirect4kStoreIT extends BlockDeviceStoreContract {
    BlockDeviceDirect4kStoreIT() {
        super(4096, true);
    }
}
