package dev.isthmus.bench.blk;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One case of the comparison.
 *
 * @param poll whether the client polls; otherwise it sleeps until it is notified
 */
record Cell(Store store, Operation operation, Depth depth, boolean poll) {
    /** Every one there is; those of one store follow each other. */
    static List<Cell> all() {
        var cells = new ArrayList<Cell>();
        for (Store store : Store.values()) {
            for (Operation operation : Operation.values()) {
                for (Depth depth : Depth.values()) {
                    cells.add(new Cell(store, operation, depth, true));
                    cells.add(new Cell(store, operation, depth, false));
                }
            }
        }
        return cells;
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
