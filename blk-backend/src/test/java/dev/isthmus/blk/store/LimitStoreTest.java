package dev.isthmus.blk.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.blk.store.limit.Limit;
import dev.isthmus.blk.store.limit.LimitGroups;
import dev.isthmus.blk.store.limit.LimitStore;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a store does that has a limit. */
@Timeout(60)
class LimitStoreTest {
    private static final int BLOCK = 4096;
    /** One request, and the next after more than an hour. */
    private static final Limit TIGHT = new Limit(0, 1, 0);
    private static final Limit OFF = new Limit(0, 0, 0);

    private final Arena arena = Arena.ofShared();
    private final LimitGroups groups = new LimitGroups();
    private LimitStore store;
    private LimitStore other;

    @BeforeEach
    void open() throws IOException {
        store = LimitStore.around(MemoryStore.open("vda", 1 << 20));
        other = LimitStore.around(MemoryStore.open("vdb", 1 << 20));
        store.activate();
        other.activate();
    }

    @AfterEach
    void close() throws IOException {
        store.close();
        other.close();
        arena.close();
    }

    private FakeStoreRequest read(LimitStore from) {
        var request = FakeStoreRequest.read(0, GuestBuffer.aligned(arena, BLOCK));
        request.submitTo(from);
        return request;
    }

    private List<FakeStoreRequest> reads(LimitStore from, int count) {
        return IntStream.range(0, count).mapToObj(_ -> read(from)).toList();
    }

    private static long done(List<FakeStoreRequest> requests) {
        return requests.stream().filter(request -> request.completions() == 1).count();
    }

    @Test
    void holdsWhatIsTooMuchUntilTheLimitIsTakenBack() {
        groups.set(store, "vda", null, TIGHT);
        List<FakeStoreRequest> all = reads(store, 10);
        assertThat(done(all)).isEqualTo(1);
        assertThat(store.heldNow()).isEqualTo(9);
        assertThat(store.heldEver()).isEqualTo(9);
        assertThat(store.limit()).isEqualTo(TIGHT);

        groups.set(store, "vda", null, OFF);

        assertThat(done(all)).isEqualTo(10);
        assertThat(store.heldNow()).isZero();
        assertThat(store.limit().isOn()).isFalse();
        assertThat(read(store).completions()).isEqualTo(1);
    }

    @Test
    void newLimitIsInForceForWhatIsHeldAlready() {
        groups.set(store, "vda", null, TIGHT);
        List<FakeStoreRequest> all = reads(store, 10);

        groups.set(store, "vda", null, new Limit(1000, 0, 10_000));

        assertThat(done(all)).isEqualTo(10);
        assertThat(store.limit().iops()).isEqualTo(1000);
    }

    @Test
    void flushIsNeverHeld() {
        groups.set(store, "vda", null, TIGHT);
        List<FakeStoreRequest> reads = reads(store, 2);
        var flush = FakeStoreRequest.flush();
        flush.submitTo(store);
        assertThat(flush.completions()).isEqualTo(1);
        assertThat(done(reads)).isEqualTo(1);
    }

    @Test
    void drainDoesNotWaitForTheBudget() {
        StoreQueue queue = store.queue(null);
        groups.set(store, "vda", null, TIGHT);
        List<FakeStoreRequest> all = reads(store, 10);

        queue.letGo();

        assertThat(done(all)).isEqualTo(10);
    }

    @Test
    void groupSharesOneLimitInTurns() {
        groups.set(store, "vda", "g", TIGHT);
        groups.set(other, "vdb", "g", TIGHT);
        List<FakeStoreRequest> many = reads(store, 100);
        List<FakeStoreRequest> few = reads(other, 2);
        assertThat(done(many)).isEqualTo(1);
        assertThat(done(few)).isZero();

        // Room for four at once, which are two of each, whoever asked for more.
        groups.set(store, "vda", "g", new Limit(80, 0, 50));

        assertThat(other.limit().iops()).isEqualTo(80);
        assertThat(done(few)).isEqualTo(2);
        groups.set(store, "vda", null, OFF);
        assertThat(done(many)).isEqualTo(100);
    }

    @Test
    void deviceThatLeavesItsGroupIsFreeAndTheOthersStayLimited() {
        groups.set(store, "vda", "g", TIGHT);
        groups.set(other, "vdb", "g", TIGHT);
        List<FakeStoreRequest> mine = reads(store, 3);
        List<FakeStoreRequest> others = reads(other, 3);

        groups.set(store, "vda", null, OFF);

        assertThat(done(mine)).isEqualTo(3);
        assertThat(done(others)).isZero();
        assertThat(other.heldNow()).isEqualTo(3);
    }
}
