package dev.isthmus.bench.load;

import dev.isthmus.linux.CpuAffinity;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;

/** Drives a virtio-blk device over vhost-user. */
public final class BlkLoad {
    static final int QUEUES_MAX = 16;
    static final int DEPTH_MAX = 256;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private BlkLoad() {}

    /**
     * Connects, runs the load on the calling thread, disconnects.
     *
     * @param counting called with true when counting begins and with false when it ends, so that the caller can read
     *     the server's clocks at the same moments
     * @throws IOException when the back-end refuses, goes away, or leaves a request unanswered for 10 s
     */
    public static LoadResult run(LoadSpec spec, Consumer<Boolean> counting) throws IOException {
        return run(spec, counting, PATIENCE);
    }

    /**
     * The same for a back-end that may leave all requests unanswered for a while.
     *
     * @param patience how long
     */
    public static LoadResult run(LoadSpec spec, Consumer<Boolean> counting, Duration patience) throws IOException {
        check(spec);
        byte[] cpus = CpuAffinity.ofCurrentThread();
        try (LoadDevice device = LoadDevice.connect(spec)) {
            if (spec.cpu() >= 0) {
                CpuAffinity.bindCurrentThread(spec.cpu());
            }
            return new LoadLoop(spec, device, patience).run(counting);
        } finally {
            // The caller may start processes, which inherit it.
            CpuAffinity.allowCurrentThread(cpus);
        }
    }

    /**
     * Connects as {@link #run} does, starts the queues, and leaves the device idle until the result is closed.
     *
     * @throws IOException when the back-end refuses
     */
    public static Closeable hold(LoadSpec spec) throws IOException {
        check(spec);
        LoadDevice device = LoadDevice.connect(spec);
        return () -> {
            try (device) {
                device.stop();
            }
        };
    }

    private static void check(LoadSpec spec) {
        expect(spec.queues() >= 1 && spec.queues() <= QUEUES_MAX, "queues must be 1 to " + QUEUES_MAX);
        expect(spec.depth() >= 1 && spec.depth() <= DEPTH_MAX, "depth must be 1 to " + DEPTH_MAX);
        expect(spec.blockBytes() > 0 && spec.blockBytes() % Sectors.BYTES == 0,
                "a block must be a multiple of " + Sectors.BYTES + " bytes");
        expect(!spec.warmUp().isNegative() && spec.duration().isPositive(), "a load must take some time");
    }

    private static void expect(boolean right, String otherwise) {
        if (!right) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
