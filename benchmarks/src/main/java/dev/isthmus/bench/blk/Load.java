package dev.isthmus.bench.blk;

import dev.isthmus.bench.load.LoadResult;
import dev.isthmus.bench.load.LoadSpec;
import java.io.IOException;
import java.util.function.Consumer;

/** Who drives a device: {@link dev.isthmus.bench.load.BlkLoad#run}. */
interface Load {
    LoadResult run(LoadSpec spec, Consumer<Boolean> counting) throws IOException;
}
