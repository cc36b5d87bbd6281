package dev.isthmus.bench.blk;

import dev.isthmus.bench.rig.Cleanup;
import dev.isthmus.bench.rig.ProcessUsage;
import dev.isthmus.bench.rig.Server;
import dev.isthmus.bench.rig.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A volume of ours and a qcow2 image of the peer, in one directory of a disk. */
final class ThinDisks {
    private static final String VOLUME = "bench";
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(300);
    private static final double IDLE_PROCESSORS = 0.05;
    private static final long SETTLE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private ThinDisks() {}

    /** A new directory, removed with all that is in it. */
    static Path directory(Cleanup cleanup, Path where) throws IOException {
        return cleanup.make(() -> Files.createTempDirectory(where.toAbsolutePath(), "isthmus-bench-"),
                made -> Tool.run("rm", "-rf", made.toString()));
    }

    /** What a side serves: the directory of a volume, or an image. */
    static Path make(Side side, Settings settings, Path directory) throws IOException {
        long bytes = Store.ROCKSDB.bytes();
        if (side == Side.PEER) {
            Path image = directory.resolve("peer.qcow2");
            Tool.run("qemu-img", "create", "-q", "-f", "qcow2", image.toString(), Long.toString(bytes));
            return image;
        }
        Tool.run(settings.ours().program(), "volume", "create", "--volumes-dir=" + directory, "--size=" + bytes,
                VOLUME);
        return directory.resolve(VOLUME);
    }

    static double spaceMegabytes(Path image) throws IOException {
        String line = Tool.run("du", "-sk", image.toString());
        return Long.parseLong(line.substring(0, line.indexOf('\t'))) / 1024.0;
    }

    /** RocksDB goes on for a while, and so does the kernel; whoever comes next shall not pay for it. */
    static void settle(Server server, Path image) throws IOException {
        long begin = System.nanoTime();
        double processors = 1;
        while (processors > IDLE_PROCESSORS && System.nanoTime() - begin < SETTLE_NANOS) {
            ProcessUsage before = ProcessUsage.of(server.pid());
            long from = System.nanoTime();
            LockSupport.parkNanos(LOOK_NANOS);
            processors = (double) ProcessUsage.of(server.pid()).nanosSince(before) / (System.nanoTime() - from);
        }
        Tool.run("sync", "--file-system", image.toString());
    }
}
