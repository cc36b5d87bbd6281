package dev.isthmus.blk.store;

import java.io.IOException;

class BlockDeviceDirectIoUringStoreIT extends BlockDeviceDirectStoreIT {
    @Override
    BlockStore open() throws IOException {
        return new OverIoUring(super.open());
    }
}
