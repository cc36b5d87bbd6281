package dev.isthmus.blk.app;

import dev.isthmus.blk.store.BlockLimits;
import dev.isthmus.blk.store.StoreCounters;
import dev.isthmus.blk.store.StoreOperation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** What is wrong with a store, a sentence each. */
final class StoreProblems {
    private static final String FLUSH_FAILED =
            "A flush failed: what the guest wrote may be lost. Every flush fails until the image is opened anew.";
    private static final String FULL = "The storage is full: writes that need more of it fail until it has room.";

    private StoreProblems() {}

    static List<String> of(StoreCounters counters, BlockLimits limits) {
        List<String> problems = new ArrayList<>();
        if (counters.flushFailed()) {
            problems.add(FLUSH_FAILED);
        }
        if (counters.isFull()) {
            problems.add(FULL);
        }
        String failing = Arrays.stream(StoreOperation.values()).filter(counters::isFailing).map(Enum::name)
                .collect(Collectors.joining(", "));
        if (!failing.isEmpty()) {
            problems.add("The storage fails: I/O errors of " + failing + ".");
        }
        if (counters.missingBytes() > 0) {
            problems.add("The image was cut off: the last " + counters.missingBytes() + " of " + limits.sizeBytes()
                    + " bytes fail until its size is restored and the device refreshed.");
        }
        return problems;
    }
}
