package dev.isthmus.bench.blk;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CellTest {
    private static List<String> names(String glob) {
        return Cell.all().stream().filter(cell -> cell.matches(glob)).map(Cell::name).toList();
    }

    @Test
    void nameSaysStoreOperationDepthAndClient() {
        assertThat(new Cell(Store.NULL, Operation.RANDREAD_4K, Depth.D32, true).name())
                .isEqualTo("null-randread-4k-d32-poll");
        assertThat(new Cell(Store.DIRECT, Operation.SEQWRITE_128K, Depth.D4X32, false).name())
                .isEqualTo("direct-seqwrite-128k-4x32-event");
    }

    @Test
    void everyCombinationIsThereOnce() {
        assertThat(Cell.all()).hasSize(4 * 4 * 3 * 2).doesNotHaveDuplicates();
        assertThat(names("*")).doesNotHaveDuplicates();
    }

    @Test
    void volumesHaveCasesOfTheirOwn() {
        assertThat(Cell.ofVolumes()).extracting(Cell::name).containsExactly(
                "rocksdb-randwrite-4k-flush64-d32-event", "rocksdb-randread-4k-d32-event",
                "rocksdb-seqwrite-128k-flush64-d32-event", "rocksdb-seqwrite-128k-d32-event",
                "rocksdb-seqread-128k-d32-event");
        assertThat(Cell.all()).doesNotContainAnyElementsOf(Cell.ofVolumes());
    }

    @Test
    void patternsAreThoseOfAShell() {
        assertThat(names("null-randread-4k-d32-poll")).containsExactly("null-randread-4k-d32-poll");
        assertThat(names("null-randread-*-d?-*")).containsExactly("null-randread-4k-d1-poll",
                "null-randread-4k-d1-event");
        assertThat(names("{null,tmpfs}-randread-4k-d32-poll")).containsExactly("null-randread-4k-d32-poll",
                "tmpfs-randread-4k-d32-poll");
        assertThat(names("null-randread")).isEmpty();
    }
}
