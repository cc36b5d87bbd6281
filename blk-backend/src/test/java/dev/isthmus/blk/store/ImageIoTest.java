package dev.isthmus.blk.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.linux.EventFd;
import dev.isthmus.linux.OwnedFd;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What becomes of a flush that fails. An eventfd stands for the disk: it takes eight bytes and cannot be synced. */
class ImageIoTest {

    private final StoreCounters counters = new StoreCounters();
    private final StoreErrors errors = new StoreErrors("vda", counters);

    @Test
    void failsEveryFlushAfterOneThatFailed() throws IOException {
        try (var disk = EventFd.create(); var scratch = new IoScratch(); Arena arena = Arena.ofConfined()) {
            var io = io(disk);
            assertThat(io.execute(FakeStoreRequest.flush(), scratch)).isEqualTo(StoreResult.ERROR);
            assertThat(counters.flushFailed()).isTrue();
            assertThat(counters.flushErrors()).isEqualTo(1);

            assertThat(io.execute(FakeStoreRequest.flush(), scratch)).isEqualTo(StoreResult.ERROR);
            var durable = FakeStoreRequest.write(0, GuestBuffer.aligned(arena, 512)).durably().prepare();
            assertThat(io.execute(durable, scratch)).isEqualTo(StoreResult.ERROR);
            assertThat(counters.flushErrors()).as("not tried again").isEqualTo(1);

            counters.reopened();
            assertThat(io.execute(FakeStoreRequest.flush(), scratch)).isEqualTo(StoreResult.ERROR);
            assertThat(counters.flushErrors()).as("tried anew").isEqualTo(2);
        }
    }

    private ImageIo io(OwnedFd disk) {
        var limits = new BlockLimits(1 << 20, 512, 512, 0, false, true, true, 512);
        var image = new Image(Path.of("disk"), false, false, false, 1, limits);
        return new ImageIo(disk, image, new RangeIo(disk, false, true), errors, counters);
    }
}
