package dev.isthmus.bench.blk;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * One case of the comparison.
 *
 * @param poll whether the client polls; otherwise it sleeps until it is notified
 */
record Cell(Store store, Operation operation, Depth depth, boolean poll) {
    /** Every one there is but those of volumes; those of one store follow each other. */
    static List<Cell> all() {
        var cells = new ArrayList<Cell>();
        for (Store store : List.of(Store.NULL, Store.NULLFILL, Store.TMPFS, Store.DIRECT)) {
            for (Operation operation : List.of(Operation.RANDREAD_4K, Operation.RANDWRITE_4K, Operation.SEQREAD_128K,
                    Operation.SEQWRITE_128K)) {
                for (Depth depth : Depth.values()) {
                    cells.add(new Cell(store, operation, depth, true));
                    cells.add(new Cell(store, operation, depth, false));
                }
            }
        }
        return cells;
    }

    /** Those of thin volumes, with a client that sleeps. */
    static List<Cell> ofVolumes() {
        return Stream.of(Operation.RANDWRITE_4K_FLUSH, Operation.RANDREAD_4K,
                Operation.SEQWRITE_128K_FLUSH, Operation.SEQWRITE_128K, Operation.SEQREAD_128K).map(
                        operation -> new Cell(Store.ROCKSDB, operation, Depth.D32, false)).toList();
    }

    /** STORE-OPERATION-DEPTH-CLIENT. */
    String name() {
        return store.text() + "-" + operation.text() + "-" + depth.text() + (poll ? "-poll" : "-event");
    }

    /** Whether the name matches a pattern of the shell's kind: {@code *}, {@code ?}, {@code [ab]}, {@code {a,b}}. */
    boolean matches(String glob) {
        return FileSystems.getDefault().getPathMatcher("glob:" + glob).matches(Path.of(name()));
    }
}
