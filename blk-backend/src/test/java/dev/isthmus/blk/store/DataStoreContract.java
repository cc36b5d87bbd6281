package dev.isthmus.blk.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.blk.store.FakeStoreRequest.Range;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What every store promises that keeps what is written. */
abstract class DataStoreContract extends BlockStoreContract {
    @Override
    final boolean keepsData() {
        return true;
    }

    @Test
    void readsZeroesWhereNothingWasWritten() {
        assertThat(read(block() * 5L, 64 * 1024)).containsOnly(0);
    }

    @Test
    void readsBackWhatWasWritten() {
        byte[] data = random(1, 3 * block());
        write(7L * block(), data);

        assertThat(read(7L * block(), data.length)).isEqualTo(data);
        assertThat(read(6L * block(), block())).containsOnly(0);
        assertThat(read(10L * block(), block())).containsOnly(0);
    }

    @Test
    void readsBackTheLastBlock() {
        byte[] data = random(2, block());
        write(SIZE_BYTES - block(), data);

        assertThat(read(SIZE_BYTES - block(), block())).isEqualTo(data);
    }

    @Test
    void takesPiecesOfAnyLengthAtAnyByte() {
        byte[] data = random(3, 2 * 4096);
        var written = GuestBuffer.scattered(arena, 1, 511, 3, 0, 4096, 3581).put(data);
        var read = GuestBuffer.scattered(arena, 4095, 0, 0, 1, 4095, 1);

        assertThat(FakeStoreRequest.write(4096, written).on(store)).isEqualTo(StoreResult.OK);
        assertThat(FakeStoreRequest.read(4096, read).on(store)).isEqualTo(StoreResult.OK);

        assertThat(read.bytes()).isEqualTo(data);
        assertThat(read.isIntactAround()).isTrue();
    }

    @Test
    void takesPiecesWithoutBytesAtBothEnds() {
        byte[] data = random(4, 4096);
        var written = GuestBuffer.scattered(arena, 0, 0, 4096, 0).put(data);
        var read = GuestBuffer.scattered(arena, 0, 4096, 0, 0);

        assertThat(FakeStoreRequest.write(0, written).on(store)).isEqualTo(StoreResult.OK);
        assertThat(FakeStoreRequest.read(0, read).on(store)).isEqualTo(StoreResult.OK);

        assertThat(read.bytes()).isEqualTo(data);
    }

    @Test
    void takesMorePiecesThanOneSystemCallDoes() {
        byte[] data = random(5, 4096 * 512);
        var written = GuestBuffer.many(arena, 4096, 512).put(data);
        var read = GuestBuffer.manyAligned(arena, 2048, 1024);

        assertThat(FakeStoreRequest.write(8192, written).on(store)).isEqualTo(StoreResult.OK);
        assertThat(FakeStoreRequest.read(8192, read).on(store)).isEqualTo(StoreResult.OK);

        assertThat(read.bytes()).isEqualTo(data);
    }

    @Test
    void takesARunOfPiecesWithoutBytesLongerThanOneSystemCallTakes() {
        int[] lengths = new int[3000];
        lengths[2999] = 4096;
        byte[] data = random(6, 4096);
        var written = GuestBuffer.scattered(arena, lengths).put(data);

        assertThat(FakeStoreRequest.write(0, written).on(store)).isEqualTo(StoreResult.OK);

        assertThat(read(0, 4096)).isEqualTo(data);
    }

    @Test
    void readsBackTheWholeStoreInOneRequest() {
        byte[] data = random(7, (int) SIZE_BYTES);
        write(0, data);

        assertThat(read(0, data.length)).isEqualTo(data);
    }

    @Test
    void writesManyPiecesDurably() {
        byte[] data = random(9, 2048 * 512);
        var written = GuestBuffer.many(arena, 2048, 512).put(data);

        assertThat(FakeStoreRequest.write(0, written).durably().on(store)).isEqualTo(StoreResult.OK);

        assertThat(read(0, data.length)).isEqualTo(data);
    }

    @Test
    void keepsTheRestWhenPartsAreDiscarded() {
        byte[] data = random(11, 64 * 1024);
        write(0, data);

        var discard = FakeStoreRequest.discard(Range.of(8192, 4096), Range.of(0, 0), Range.of(16384, 16384));
        assertThat(discard.on(store)).isEqualTo(StoreResult.OK);

        assertThat(read(0, 8192)).isEqualTo(Arrays.copyOf(data, 8192));
        assertThat(read(12288, 4096)).isEqualTo(Arrays.copyOfRange(data, 12288, 16384));
        assertThat(read(32768, 32768)).isEqualTo(Arrays.copyOfRange(data, 32768, 65536));
    }

    @Test
    void readsZeroesAfterWriteZeroes() {
        checkWriteZeroes(false, false);
    }

    @Test
    void readsZeroesAfterWriteZeroesThatMayUnmap() {
        checkWriteZeroes(true, false);
    }

    @Test
    void readsZeroesAfterDurableWriteZeroes() {
        checkWriteZeroes(false, true);
        checkWriteZeroes(true, true);
    }

    /** Ranges that begin and end inside pages, which no file system can free as a whole. */
    private void checkWriteZeroes(boolean mayUnmap, boolean durable) {
        int unit = block();
        int length = 700_000 / unit * unit;
        byte[] data = random(12, 1024 * 1024);
        write(0, data);

        var zeroes = FakeStoreRequest.writeZeroes(new Range(unit, unit, mayUnmap), new Range(0, 0, mayUnmap),
                new Range(3L * unit, length, mayUnmap));
        assertThat((durable ? zeroes.durably() : zeroes).on(store)).isEqualTo(StoreResult.OK);

        Arrays.fill(data, unit, 2 * unit, (byte) 0);
        Arrays.fill(data, 3 * unit, 3 * unit + length, (byte) 0);
        assertThat(read(0, data.length)).isEqualTo(data);
    }
}
