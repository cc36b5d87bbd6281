package dev.isthmus.blk.store;

import java.io.IOException;

class BlockDeviceBufferedIoUringStoreIT extends BlockDeviceBufferedStoreIT {
    @Override
    BlockStore open() throws IOException {
        return new OverIoUring(super.open());
    }
}
