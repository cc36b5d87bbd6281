package dev.isthmus.blk.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.blk.store.fault.Fault;
import dev.isthmus.blk.store.fault.FaultRule;
import dev.isthmus.blk.store.fault.FaultStore;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a store does that was told to misbehave. */
@Timeout(60)
class FaultStoreTest {
    private static final int BLOCK = 4096;

    private final Arena arena = Arena.ofShared();
    private FaultStore store;

    @BeforeEach
    void open() throws IOException {
        store = FaultStore.around("vda", MemoryStore.open("vda", 1 << 20));
        store.activate();
    }

    @AfterEach
    void close() throws IOException {
        store.close();
        arena.close();
    }

    private FakeStoreRequest write(long block, int blocks, int fill) {
        byte[] data = new byte[blocks * BLOCK];
        Arrays.fill(data, (byte) fill);
        return FakeStoreRequest.write(block * BLOCK, GuestBuffer.scattered(arena, 1, data.length - 1).put(data));
    }

    private byte[] read(long block, int blocks) {
        var buffer = GuestBuffer.aligned(arena, blocks * BLOCK);
        assertThat(FakeStoreRequest.read(block * BLOCK, buffer).on(store)).isEqualTo(StoreResult.OK);
        return buffer.bytes();
    }

    @Test
    void hangsUntilTheRuleIsTakenBackAndDoesThenWhatWasAsked() {
        store.rule(FaultRule.of(Fault.HANG));
        List<FakeStoreRequest> all = IntStream.range(0, 10).mapToObj(i -> write(i, 1, i + 1)).toList();
        all.forEach(request -> request.submitTo(store));
        var flush = FakeStoreRequest.flush();
        flush.submitTo(store);
        assertThat(store.heldCount()).isEqualTo(11);
        assertThat(all).allMatch(request -> request.completions() == 0);

        store.rule(null);

        assertThat(all).allMatch(request -> request.await() == StoreResult.OK && request.completions() == 1);
        assertThat(flush.await()).isEqualTo(StoreResult.OK);
        assertThat(store.heldCount()).isZero();
        assertThat(read(9, 1)).containsOnly(10);
    }

    @Test
    void anotherRuleLetsGoOfWhatHangsToo() {
        store.rule(FaultRule.of(Fault.HANG));
        FakeStoreRequest write = write(0, 1, 1);
        write.submitTo(store);

        store.rule(FaultRule.of(Fault.ERROR));

        assertThat(write.await()).isEqualTo(StoreResult.OK);
    }

    @Test
    void answersLateWhatIsDelayed() {
        store.rule(FaultRule.of(Fault.DELAY).by(Duration.ofMillis(1)));

        assertThat(write(0, 1, 7).on(store)).isEqualTo(StoreResult.OK);

        store.rule(null);
        assertThat(read(0, 1)).containsOnly(7);
    }

    @Test
    void failsAsADiskWouldThatIsBroken() {
        store.rule(FaultRule.of(Fault.ERROR));

        assertThat(write(0, 1, 1).on(store)).isEqualTo(StoreResult.ERROR);
        assertThat(FakeStoreRequest.flush().on(store)).as("not of these operations").isEqualTo(StoreResult.OK);
        store.rule(null);

        assertThat(read(0, 1)).as("it was not carried out").containsOnly(0);
        assertThat(store.counters().ioErrors()).isEqualTo(1);
        assertThat(store.counters().isFailing(StoreOperation.WRITE)).isTrue();
        store.look(System.nanoTime() + ErrorSpell.QUIET_NANOS);
        assertThat(store.counters().isFailing()).isFalse();
    }

    @Test
    void flushThatFailsIsAFailedFlush() throws IOException {
        store.rule(FaultRule.of(Fault.ERROR).on(EnumSet.of(StoreOperation.FLUSH)));

        assertThat(FakeStoreRequest.flush().on(store)).isEqualTo(StoreResult.ERROR);

        assertThat(store.counters().flushFailed()).isTrue();
        store.deactivate();
        store.activate();
        assertThat(store.counters().flushFailed()).isFalse();
    }

    @Test
    void isFullUntilItHasRoomAgain() {
        store.rule(FaultRule.of(Fault.NO_SPACE));

        assertThat(write(0, 1, 1).on(store)).isEqualTo(StoreResult.NO_SPACE);
        assertThat(read(0, 1)).containsOnly(0);
        assertThat(store.counters().isFull()).isTrue();
        store.rule(null);

        assertThat(write(0, 1, 1).on(store)).isEqualTo(StoreResult.OK);
        store.look(System.nanoTime() + ErrorSpell.QUIET_NANOS);
        assertThat(store.counters().isFull()).isFalse();
    }

    @Test
    void tearsWhatIsShortInTheMiddle() {
        store.rule(FaultRule.of(Fault.SHORT));

        assertThat(write(0, 4, 9).on(store)).isEqualTo(StoreResult.ERROR);
        store.rule(null);

        assertThat(Arrays.copyOf(read(0, 4), 2 * BLOCK)).containsOnly(9);
        assertThat(read(2, 2)).containsOnly(0);
        assertThat(store.counters().ioErrors()).isEqualTo(1);
    }

    @Test
    void sparesRequestsElsewhere() {
        store.rule(FaultRule.of(Fault.ERROR).within(BLOCK, 2 * BLOCK));

        assertThat(write(0, 1, 1).on(store)).isEqualTo(StoreResult.OK);
        assertThat(write(2, 1, 1).on(store)).isEqualTo(StoreResult.OK);
        assertThat(write(0, 2, 1).on(store)).isEqualTo(StoreResult.ERROR);
        var range = FakeStoreRequest.Range.of(BLOCK, BLOCK);
        assertThat(FakeStoreRequest.discard(range).on(store)).as("not of these operations").isEqualTo(StoreResult.OK);
        store.rule(FaultRule.of(Fault.ERROR).on(EnumSet.of(StoreOperation.DISCARD)).within(BLOCK, 2 * BLOCK));
        assertThat(FakeStoreRequest.discard(range).on(store)).isEqualTo(StoreResult.ERROR);
        assertThat(FakeStoreRequest.discard(FakeStoreRequest.Range.of(0, BLOCK)).on(store)).isEqualTo(StoreResult.OK);
    }

    @Test
    void meetsEveryThirdOnly() {
        store.rule(FaultRule.of(Fault.ERROR).every(3));

        List<StoreResult> results = IntStream.range(0, 9).mapToObj(i -> write(0, 1, 1).on(store)).toList();

        assertThat(results).filteredOn(result -> result == StoreResult.ERROR).hasSize(3);
        assertThat(results.get(2)).isEqualTo(StoreResult.ERROR);
    }

    @Test
    void rulesReadAsASentence() {
        assertThat(FaultRule.of(Fault.NO_SPACE)).hasToString("no_space of write");
        assertThat(FaultRule.of(Fault.DELAY).by(Duration.ofMillis(20)).on(EnumSet.of(StoreOperation.READ,
                StoreOperation.FLUSH)).every(4).within(512, 1024))
                .hasToString("delay by 20 ms of flush, read, one in 4, from byte 512 to 1024");
    }
}
