package dev.isthmus.blk.store;

import dev.isthmus.blk.store.limit.LimitStore;
import java.io.IOException;

/** Without a limit, a store that could have one is a store like any other. */
class LimitStorePassingTest extends FileStoreBufferedTest {
    @Override
    BlockStore open() throws IOException {
        return LimitStore.around(super.open());
    }
}
