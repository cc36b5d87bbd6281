package dev.isthmus.blk.store;

import dev.isthmus.blk.store.fault.FaultStore;
import java.io.IOException;

/** Without a rule, a store that could misbehave is a store like any other. */
class FaultStorePassingTest extends FileStoreBufferedTest {
    @Override
    BlockStore open() throws IOException {
        return FaultStore.around("vda", super.open());
    }
}
