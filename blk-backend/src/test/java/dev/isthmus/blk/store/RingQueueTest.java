package dev.isthmus.blk.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.linux.EventFd;
import dev.isthmus.linux.OwnedFd;
import dev.isthmus.loop.Transport;
import dev.isthmus.loop.WorkerLoop;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests by io_uring, with the worker on the test's own thread. */
class RingQueueTest {
    private static final int SIZE_BYTES = 1 << 20;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private final StoreCounters counters = new StoreCounters();
    private final Arena arena = Arena.ofShared();
    private WorkerLoop loop;

    @BeforeEach
    void open() throws IOException {
        loop = WorkerLoop.open(Transport.IO_URING);
    }

    @AfterEach
    void close() {
        loop.close();
        arena.close();
    }

    /** What a worker does until all that went by io_uring is back. */
    private void turn() {
        while (loop.hasFilesInFlight()) {
            loop.sleep(WorkerLoop.FOR_EVER, () -> false);
        }
    }

    /** As {@link ImageIoTest} has it: an eventfd stands for a disk that cannot be synced. */
    @Test
    void failsEveryFlushAfterOneThatFailed() throws IOException {
        var limits = new BlockLimits(SIZE_BYTES, 512, 512, 0, false, true, true, 512);
        var image = new Image(Path.of("disk"), false, false, false, 1, limits);
        try (OwnedFd disk = EventFd.create()) {
            var ranges = new RangeIo(disk, false, true);
            var errors = new StoreErrors("vda", counters);
            var io = new ImageIo(disk, image, ranges, errors, counters);
            StorePool pool = StorePool.start("vda", 1, io);
            var inline = new InlineIo(disk, image, errors, new ImageEnd());
            var queue = new RingQueue(disk, io, inline, ranges, pool, loop.files());
            var together = List.of(FakeStoreRequest.flush(), FakeStoreRequest.flush());
            together.forEach(queue::submit);
            turn();
            together.forEach(flush -> assertThat(flush.await()).isEqualTo(StoreResult.ERROR));
            assertThat(counters.flushFailed()).isTrue();
            assertThat(counters.flushErrors()).isEqualTo(2);

            var flush = FakeStoreRequest.flush();
            queue.submit(flush);
            var durable = FakeStoreRequest.write(0, GuestBuffer.aligned(arena, 512)).durably().prepare();
            queue.submit(durable);

            assertThat(loop.hasFilesInFlight()).as("not tried again").isFalse();
            assertThat(flush.await()).isEqualTo(StoreResult.ERROR);
            assertThat(durable.await()).isEqualTo(StoreResult.ERROR);
            assertThat(counters.flushErrors()).isEqualTo(2);
            pool.end();
        }
    }

    @Test
    void whatFindsTheRingFullIsDoneByStoreThreads() throws IOException {
        Path image = Images.sparse(directory, "a.img", SIZE_BYTES);
        try (FileStore store = FileStore.open("vda", FileStoreOptions.of(image).withDirect(true))) {
            store.activate();
            StoreQueue queue = store.queue(loop.files());
            List<FakeStoreRequest> ring = new ArrayList<>();
            while (loop.files().hasRoom()) {
                ring.add(submitRead(queue));
            }
            FakeStoreRequest more = submitRead(queue);

            assertThat(more.await()).as("while the worker does nothing").isEqualTo(StoreResult.OK);
            assertThat(more.completer()).isNotSameAs(Thread.currentThread());
            turn();
            assertThat(ring).hasSizeGreaterThan(100).allMatch(r -> r.await() == StoreResult.OK)
                    .allMatch(r -> Thread.currentThread().equals(r.completer()));
        }
    }

    private FakeStoreRequest submitRead(StoreQueue queue) {
        FakeStoreRequest request = FakeStoreRequest.read(0, GuestBuffer.aligned(arena, 4096)).prepare();
        queue.submit(request);
        return request;
    }
}
