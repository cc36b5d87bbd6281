package dev.isthmus.blk.store;

class FileStoreFaultIoUringTest extends FileStoreFaultTest {
    @Override
    BlockStore reached(FileStore store) {
        return new OverIoUring(store);
    }
}
