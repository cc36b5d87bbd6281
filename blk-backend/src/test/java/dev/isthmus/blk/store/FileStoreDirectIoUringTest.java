package dev.isthmus.blk.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class FileStoreDirectIoUringTest extends FileStoreDirectTest {
    @Override
    BlockStore open() throws IOException {
        return new OverIoUring(super.open());
    }

    @Test
    void completesOnTheWorkerWhatNeedsNoCopy() {
        var read = FakeStoreRequest.read(0, GuestBuffer.aligned(arena, 4096));
        var written = FakeStoreRequest.write(0, GuestBuffer.aligned(arena, 4096)).durably();
        var zeroed = FakeStoreRequest.writeZeroes(FakeStoreRequest.Range.of(0, 4096));
        var flushed = FakeStoreRequest.flush();
        for (FakeStoreRequest request : new FakeStoreRequest[] {read, written, zeroed, flushed}) {
            assertThat(request.on(store)).isEqualTo(StoreResult.OK);
            assertThat(request.completer()).as("%s", request.operation()).isSameAs(((OverIoUring) store)
                    .workerThread());
        }
    }
}
