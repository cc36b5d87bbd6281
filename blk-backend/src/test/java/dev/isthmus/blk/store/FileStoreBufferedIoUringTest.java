package dev.isthmus.blk.store;

import java.io.IOException;

class FileStoreBufferedIoUringTest extends FileStoreBufferedTest {
    @Override
    BlockStore open() throws IOException {
        return new OverIoUring(super.open());
    }
}
