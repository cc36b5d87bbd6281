package dev.isthmus.bench.load;

import java.io.IOException;
import java.util.function.Consumer;

/** Drives a virtio-blk device over vhost-user. */
public final class BlkLoad {
    private BlkLoad() {}

    /**
     * Connects, runs the load on the calling thread, disconnects.
     *
     * @param counting called with true when counting begins and with false when it ends, so that the caller can read
     *     the server's clocks at the same moments
     * @throws IOException when the back-end refuses, goes away, or leaves a request unanswered for 10 s
     */
    public static LoadResult run(LoadSpec spec, Consumer<Boolean> counting) throws IOException {
        throw new IOException("not there yet: " + spec + counting);
    }
}
