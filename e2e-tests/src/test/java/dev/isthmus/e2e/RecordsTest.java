package dev.isthmus.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The oracle finds what it is there for. */
class RecordsTest {

    private static final int FIRST = 1_000_000;
    private static final int SLOT = 5;

    /** The newest record of the slot, and those before and after it. */
    private static final int NEWEST = FIRST + 3 * Records.SLOTS + SLOT;
    private static final int OLDER = NEWEST - Records.SLOTS;
    private static final int LATER = NEWEST + Records.SLOTS;

    private final byte[] region = new byte[Records.REGION_BYTES];
    private final int[] newest = new int[Records.SLOTS];

    RecordsTest() {
        newest[SLOT] = NEWEST;
    }

    @Test
    void newestRecordIsRight() {
        put(block(NEWEST), 0, Records.BLOCK_BYTES);

        assertThat(Records.problems(region, newest, false)).isEmpty();
        assertThat(Records.problems(region, newest, true)).isEmpty();
        assertThat(Records.isWhole(block(NEWEST), NEWEST)).isTrue();
    }

    @Test
    void laterRecordMayBeInFlightAndTornUntilAllIsFinished() {
        put(block(NEWEST), 0, Records.BLOCK_BYTES);
        put(block(LATER), 512, 1024);

        assertThat(Records.problems(region, newest, false)).isEmpty();
        assertThat(Records.problems(region, newest, true)).hasSize(1);
    }

    @Test
    void lostRecordIsFound() {
        assertThat(Records.problems(region, newest, false)).hasSize(1);
        put(block(OLDER), 0, Records.BLOCK_BYTES);
        assertThat(Records.problems(region, newest, false)).hasSize(1);
    }

    @Test
    void sectorOfAnOlderRecordIsFound() {
        put(block(NEWEST), 0, Records.BLOCK_BYTES);
        put(block(OLDER), 3584, 512);

        assertThat(Records.problems(region, newest, false)).hasSize(1);
        assertThat(Records.isWhole(Arrays.copyOfRange(region, SLOT * Records.BLOCK_BYTES, (SLOT + 1)
                * Records.BLOCK_BYTES), NEWEST)).isFalse();
    }

    @Test
    void recordOfAnotherSlotIsFound() {
        put(block(NEWEST + 1), 0, Records.BLOCK_BYTES);

        assertThat(Records.problems(region, newest, false)).hasSize(1);
    }

    private void put(byte[] block, int at, int bytes) {
        System.arraycopy(block, at, region, SLOT * Records.BLOCK_BYTES + at, bytes);
    }

    private static byte[] block(int number) {
        String line = "record " + number + " slot " + (1000 + number % Records.SLOTS) + " ";
        return (line + ".".repeat(63 - line.length()) + "\n").repeat(64).getBytes(StandardCharsets.US_ASCII);
    }
}
