package dev.isthmus.blk.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class StorePoolTest {
    /** Does what {@link #run} says. */
    private interface Body extends StoreExecutor {
        void run(StoreRequest request);

        @Override
        default StoreResult execute(StoreRequest request, IoScratch scratch) {
            run(request);
            return StoreResult.OK;
        }

        @Override
        default StoreResult failed(StoreRequest request, Throwable cause) {
            return StoreResult.ERROR;
        }
    }

    private static FakeStoreRequest submit(StorePool pool) {
        var request = FakeStoreRequest.flush().prepare();
        pool.submit(request);
        return request;
    }

    @Test
    void completesOnANamedDaemonThread() {
        Body nothing = request -> {};
        StorePool pool = StorePool.start("vda", 1, nothing);
        var request = submit(pool);

        assertThat(request.await()).isEqualTo(StoreResult.OK);
        pool.end();

        assertThat(request.completer().getName()).isEqualTo("store-vda-0");
        assertThat(request.completer().isDaemon()).isTrue();
        assertThat(request.completer().isAlive()).isFalse();
    }

    @Test
    void livesOnWhenARequestThrows() {
        Throwable[] all = {new IllegalStateException("x"), new InternalError("x"), new StackOverflowError()};
        for (Throwable throwable : all) {
            Body throwing = request -> sneak(throwable);
            StorePool pool = StorePool.start("vda", 1, throwing);

            assertThat(submit(pool).await()).isEqualTo(StoreResult.ERROR);
            assertThat(submit(pool).await()).isEqualTo(StoreResult.ERROR);
            pool.end();
        }
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void sneak(Throwable throwable) throws T {
        throw (T) throwable;
    }

    /** Each request waits for the other: two threads must be awake at once. */
    @Test
    void wakesAsManyThreadsAsThereIsWorkFor() {
        var both = new CountDownLatch(2);
        Body meeting = request -> {
            both.countDown();
            awaitQuietly(both);
        };
        StorePool pool = StorePool.start("vda", 2, meeting);
        var first = submit(pool);
        var second = submit(pool);

        assertThat(first.await()).isEqualTo(StoreResult.OK);
        assertThat(second.await()).isEqualTo(StoreResult.OK);
        pool.end();
    }

    /** A thread stays with a request for ever so long; the others go on. */
    @Test
    void aStalledRequestHoldsUpItsOwnThreadOnly() {
        var stalled = FakeStoreRequest.flush().prepare();
        var release = new CountDownLatch(1);
        Body body = request -> {
            if (request == stalled) {
                awaitQuietly(release);
            }
        };
        StorePool pool = StorePool.start("vda", 2, body);
        pool.submit(stalled);
        for (int i = 0; i < 5000; i++) {
            assertThat(submit(pool).await()).isEqualTo(StoreResult.OK);
        }
        release.countDown();

        assertThat(stalled.await()).isEqualTo(StoreResult.OK);
        pool.end();
    }

    @Test
    void completesEverythingOfManyWorkersOnceThoughMoreIsInFlightThanTheRingHolds() throws Exception {
        Body nothing = request -> {};
        StorePool pool = StorePool.start("vda", 3, nothing);
        List<FakeStoreRequest> all = new ArrayList<>();
        try (var workers = Executors.newFixedThreadPool(4)) {
            List<Future<List<FakeStoreRequest>>> parts = new ArrayList<>();
            for (int worker = 0; worker < 4; worker++) {
                parts.add(workers.submit(() -> {
                    List<FakeStoreRequest> mine = new ArrayList<>();
                    for (int i = 0; i < 20_000; i++) {
                        mine.add(submit(pool));
                    }
                    return mine;
                }));
            }
            for (var part : parts) {
                all.addAll(part.get(60, TimeUnit.SECONDS));
            }
        }
        all.forEach(FakeStoreRequest::await);
        pool.end();

        assertThat(all).hasSize(80_000).allMatch(r -> r.completions() == 1);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            if (!latch.await(60, TimeUnit.SECONDS)) {
                throw new AssertionError("nobody came");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
