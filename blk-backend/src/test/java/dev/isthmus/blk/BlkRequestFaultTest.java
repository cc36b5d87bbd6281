package dev.isthmus.blk;

import static dev.isthmus.blk.BlkRig.DISCARD;
import static dev.isthmus.blk.BlkRig.IN;
import static dev.isthmus.blk.BlkRig.IOERR;
import static dev.isthmus.blk.BlkRig.OK;
import static dev.isthmus.blk.BlkRig.OUT;
import static dev.isthmus.blk.BlkRig.UNSUPP;
import static dev.isthmus.blk.BlkRig.WRITE_ZEROES;
import static dev.isthmus.blk.BlkRig.header;
import static dev.isthmus.blk.BlkRig.range;
import static dev.isthmus.virtqueue.Buffer.bytes;
import static dev.isthmus.virtqueue.Buffer.readable;
import static dev.isthmus.virtqueue.Buffer.writable;
import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.blk.store.BlockLimits;
import dev.isthmus.blk.store.StoreResult;
import dev.isthmus.spec.Clause;
import dev.isthmus.virtqueue.Buffer;
import dev.isthmus.virtqueue.Chain;
import dev.isthmus.virtqueue.FakeDriver;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every {@link BlkRequestFault}: its status, that it is counted, and that the store never hears of it. */
class BlkRequestFaultTest {
    private static final long SECTORS = 2048;

    private RecordingStore store = RecordingStore.of(SECTORS * 512);
    private BlkRig rig = BlkRig.with(store);

    @AfterEach
    void free() {
        rig.close();
    }

    private void useStore(RecordingStore other) {
        rig.close();
        store = other;
        rig = BlkRig.with(store);
    }

    private void expectFault(BlkRequestFault fault, int status, Buffer... buffers) {
        long before = rig.count(fault);
        Chain chain = rig.done(buffers);

        assertThat(chain.lastByte()).isEqualTo(status);
        assertThat(rig.count(fault)).isEqualTo(before + 1);
        assertThat(store.seen).isEmpty();
        byte[] written = chain.written();
        assertThat(Arrays.copyOf(written, written.length - 1)).isEqualTo(writable(written.length - 1).content());
        assertThat(rig.usedLength()).isEqualTo(written.length == 1 ? 1 : 0);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 8, 15})
    void shortHeadersAreAnsweredIoerr(int bytes) {
        expectFault(BlkRequestFault.HEADER_SHORT, IOERR, readable(new byte[bytes]), writable(1));
        expectFault(BlkRequestFault.HEADER_SHORT, IOERR, readable(new byte[bytes]), writable(513));
    }

    @Test
    void requestsWithoutRoomForAStatusAreHandedBackUnanswered() {
        Chain chain = rig.guest.offer(readable(header(OUT, 0)), readable(bytes(512)));
        Chain empty = rig.guest.offer(readable(header(IN, 0)), writable(0));
        rig.turn();

        rig.guest.expectUsed(chain, 0);
        rig.guest.expectUsed(empty, 0);
        assertThat(chain.isUntouched()).isTrue();
        assertThat(rig.count(BlkRequestFault.NO_STATUS)).isEqualTo(2);
        assertThat(store.seen).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 511, 513, 1023})
    void lengthsThatAreNoWholeSectorsAreAnsweredIoerr(int bytes) {
        expectFault(BlkRequestFault.MISALIGNED, IOERR, readable(header(OUT, 0)), readable(bytes(bytes)), writable(1));
        expectFault(BlkRequestFault.MISALIGNED, IOERR, readable(header(IN, 0)), writable(bytes), writable(1));
    }

    @ParameterizedTest
    @CsvSource({"1, 8", "7, 8", "0, 7", "0, 1", "8, 12", "4, 4"})
    void partsOfALogicalBlockAreAnsweredIoerr(long sector, int sectors) {
        useStore(RecordingStore.of(new BlockLimits(SECTORS * 512, 4096, 4096, 0, false, true, true, 4096)));

        expectFault(BlkRequestFault.MISALIGNED, IOERR, readable(header(IN, sector)), writable(sectors * 512),
                writable(1));
        expectFault(BlkRequestFault.MISALIGNED, IOERR, readable(header(OUT, sector)), readable(bytes(sectors * 512)),
                writable(1));
        expectFault(BlkRequestFault.MISALIGNED, IOERR, readable(header(DISCARD, 0), range(sector, sectors, 0)),
                writable(1));
        expectFault(BlkRequestFault.MISALIGNED, IOERR, readable(header(WRITE_ZEROES, 0), range(sector, sectors, 0)),
                writable(1));
    }

    @ParameterizedTest
    @CsvSource({"2048, 1", "2047, 2", "2049, 0", "0, 2049", "-1, 1", "-1, 2", "-2, 4", "9223372036854775807, 1",
        "-9223372036854775808, 1", "36028797018963967, 1", "36028797018963968, 1", "72057594037927936, 1"})
    void sectorsBeyondTheCapacityAreAnsweredIoerrHoweverTheirNumberOverflows(long sector, int sectors) {
        expectFault(BlkRequestFault.OUT_OF_RANGE, IOERR, readable(header(IN, sector)), writable(sectors * 512),
                writable(1));
        expectFault(BlkRequestFault.OUT_OF_RANGE, IOERR, readable(header(OUT, sector)), readable(bytes(sectors * 512)),
                writable(1));
        expectFault(BlkRequestFault.OUT_OF_RANGE, IOERR, readable(header(DISCARD, 0), range(sector, sectors, 0)),
                writable(1));
        expectFault(BlkRequestFault.OUT_OF_RANGE, IOERR, readable(header(WRITE_ZEROES, 0), range(sector, sectors, 1)),
                writable(1));
    }

    @Test
    void theLastSectorIsInside() {
        rig.write(SECTORS - 1, bytes(512));
        assertThat(rig.read(SECTORS - 1, 512)).isEqualTo(bytes(512));
    }

    @Clause("virtio 1.3, 5.2.6.2")
    @Test
    void writesToAReadOnlyDeviceAreAnsweredIoerrAndWriteNothing() {
        useStore(RecordingStore.of(RecordingStore.readOnly(SECTORS * 512)));

        expectFault(BlkRequestFault.READ_ONLY, IOERR, readable(header(OUT, 0)), readable(bytes(512)), writable(1));
        expectFault(BlkRequestFault.READ_ONLY, IOERR, readable(header(OUT, 0)), writable(1));
        expectFault(BlkRequestFault.READ_ONLY, IOERR, readable(header(DISCARD, 0), range(0, 8, 0)), writable(1));
        expectFault(BlkRequestFault.READ_ONLY, IOERR, readable(header(WRITE_ZEROES, 0), range(0, 8, 0)), writable(1));
        assertThat(rig.read(0, 512)).containsOnly(0);
    }

    @ParameterizedTest
    @ValueSource(ints = {DISCARD, WRITE_ZEROES})
    void noRangeAPartOfOneOrMoreThanOfferedAreAnsweredIoerr(int type) {
        expectFault(BlkRequestFault.RANGE_COUNT, IOERR, readable(header(type, 0)), writable(1));
        expectFault(BlkRequestFault.RANGE_COUNT, IOERR, readable(header(type, 0), new byte[15]), writable(1));
        expectFault(BlkRequestFault.RANGE_COUNT, IOERR, readable(header(type, 0), range(0, 8, 0), new byte[1]),
                writable(1));
        expectFault(BlkRequestFault.RANGE_COUNT, IOERR, readable(header(type, 0), new byte[17 * 16]), writable(1));
    }

    @Test
    void rangesOfMoreSectorsThanOfferedAreAnsweredIoerr() {
        useStore(RecordingStore.of(8L << 30));

        expectFault(BlkRequestFault.RANGE_TOO_LARGE, IOERR, readable(header(DISCARD, 0), range(0, 0x40_0001, 0)),
                writable(1));
        expectFault(BlkRequestFault.RANGE_TOO_LARGE, IOERR, readable(header(DISCARD, 0), range(0, 0xffff_ffffL, 0)),
                writable(1));
        expectFault(BlkRequestFault.RANGE_TOO_LARGE, IOERR, readable(header(WRITE_ZEROES, 0), range(0, 0x2_0001, 0)),
                writable(1));
        assertThat(rig.status(readable(header(DISCARD, 0), range(0, 0x40_0000, 0)), writable(1))).isEqualTo(OK);
        assertThat(rig.status(readable(header(WRITE_ZEROES, 0), range(0, 0x2_0000, 0)), writable(1))).isEqualTo(OK);
    }

    @Test
    void oneBadRangeKeepsAllFromTheStore() {
        expectFault(BlkRequestFault.OUT_OF_RANGE, IOERR, readable(header(WRITE_ZEROES, 0), range(0, 8, 0), range(
                SECTORS, 8, 0)), writable(1));
        expectFault(BlkRequestFault.RANGE_FLAGS, UNSUPP, readable(header(DISCARD, 0), range(0, 8, 0), range(8, 8, 1)),
                writable(1));
    }

    @Clause("virtio 1.3, 5.2.6.2")
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 0x8000_0000, 0x7fff_fffe, -1})
    void unknownFlagsOfARangeAreAnsweredUnsupp(int flags) {
        expectFault(BlkRequestFault.RANGE_FLAGS, UNSUPP, readable(header(DISCARD, 0), range(0, 8, flags)), writable(
                1));
        expectFault(BlkRequestFault.RANGE_FLAGS, UNSUPP, readable(header(WRITE_ZEROES, 0), range(0, 8, flags)),
                writable(1));
    }

    @Clause("virtio 1.3, 5.2.6.2")
    @Test
    void unmapOfADiscardIsAnsweredUnsupp() {
        expectFault(BlkRequestFault.RANGE_FLAGS, UNSUPP, readable(header(DISCARD, 0), range(0, 8, 1)), writable(1));
    }

    @Clause("virtio 1.3, 5.2.6")
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 5, 6, 7, 9, 10, 12, 14, 17, 25, 27, 255, 256, 0x100, 0x8000_0000, 0x8000_0001, -1})
    void unknownTypesAreAnsweredUnsupp(int type) {
        expectFault(BlkRequestFault.TYPE, UNSUPP, readable(header(type, 0)), writable(1));
        expectFault(BlkRequestFault.TYPE, UNSUPP, readable(header(type, 0), bytes(512)), writable(513));
    }

    @Clause("virtio 1.3, 5.2.6.2")
    @ParameterizedTest
    @ValueSource(ints = {15, 16, 18, 20, 22, 24, 26})
    void zoneRequestsAreAnsweredUnsupp(int type) {
        expectFault(BlkRequestFault.TYPE, UNSUPP, readable(header(type, 0)), writable(513));
    }

    @ParameterizedTest
    @CsvSource({"11, 13", "13, 14"})
    void rangeRequestsWhoseFeatureWasNotNegotiatedAreAnsweredUnsupp(int type, int featureBit) {
        rig.close();
        store = RecordingStore.of(SECTORS * 512);
        rig = BlkRig.with(store, ~(1L << featureBit));

        expectFault(BlkRequestFault.TYPE, UNSUPP, readable(header(type, 0), range(0, 8, 0)), writable(1));
    }

    @Test
    void faultyChainsAreAnsweredInTheirLastByteIfItIsThere() {
        Buffer status = writable(1);
        Chain lost = rig.guest.offer(readable(header(OUT, 0)), readable(bytes(8)), status);
        rig.guest.descriptor(lost.indexes()[1], 0x7777_0000L, 512, FakeDriver.NEXT, lost.indexes()[2]);
        rig.turn();

        rig.guest.expectUsed(lost, 0);
        assertThat(lost.lastByte()).isEqualTo(IOERR);
        assertThat(store.seen).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(value = StoreResult.class)
    void resultsOfTheStoreBecomeAStatus(StoreResult result) {
        store.answer(result);
        int expected = switch (result) {
            case OK -> OK;
            case UNSUPPORTED -> UNSUPP;
            case ERROR, NO_SPACE, READ_ONLY -> IOERR;
        };

        Chain chain = rig.done(readable(header(IN, 0)), writable(512), writable(1));

        assertThat(chain.lastByte()).isEqualTo(expected);
        assertThat(rig.usedLength()).isEqualTo(result == StoreResult.OK ? 513 : 0);
        assertThat(rig.device.counters().get(0).errors(BlkRequestType.IN).get()).isEqualTo(expected == OK ? 0 : 1);
    }
}
