package dev.isthmus.bench.blk;

import dev.isthmus.bench.load.BlkLoad;
import dev.isthmus.bench.load.LoadCheck;
import dev.isthmus.bench.load.LoadPattern;
import dev.isthmus.bench.load.LoadResult;
import dev.isthmus.bench.load.LoadSpec;
import dev.isthmus.bench.rig.FreezableDisk;
import dev.isthmus.bench.rig.Rig;
import dev.isthmus.bench.rig.Server;
import dev.isthmus.bench.rig.ThreadClock;
import dev.isthmus.bench.rig.Tmpfs;
import dev.isthmus.bench.rig.UnixHttp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Two devices of one process: one that is measured, whose image is in memory, and one whose image is on a disk that can
 * be made to hang while requests are in flight. In memory, and not a store that does nothing: the copying keeps the
 * worker busy, so that its processor time is what is measured, and not whether the client happens to sleep.
 */
final class Neighbours {
    private static final int DEPTH = 32;
    private static final long DISK_BYTES = 64L << 20;
    private static final int IMAGE_BYTES = 32 << 20;
    /** Load on the other device before its disk hangs, and what is left of it afterwards. */
    private static final Duration OTHER_LOAD = Duration.ofSeconds(4);
    /** Nothing that a disk in memory does takes so long. */
    private static final double HANGS_SECONDS = 0.2;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(20);
    /** Scrapes cost the server's processor. */
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final Settings settings;
    private final Server server;
    private final Path measured;
    private final Path other;
    private final FreezableDisk disk;

    private Neighbours(Settings settings, Server server, Path measured, Path other, FreezableDisk disk) {
        this.settings = settings;
        this.server = server;
        this.measured = measured;
        this.other = other;
        this.disk = disk;
    }

    /** @param directory of its own */
    static Neighbours start(Rig rig, Settings settings, String transport, Path directory) throws IOException {
        Path measured = directory.resolve("measured.sock");
        Path other = directory.resolve("other.sock");
        FreezableDisk disk = FreezableDisk.mount(rig.cleanup(), directory.resolve("disk"), DISK_BYTES);
        Path image = image(disk.directory());
        Path inMemory = image(Tmpfs.mount(rig.cleanup(), directory.resolve("memory"), DISK_BYTES));
        String more = settings.ours().more().isEmpty() ? "" : "," + settings.ours().more();
        Server server = Server.start(rig.cleanup(), settings.pin(), directory.resolve("log"), List.of(
                settings.ours().program(), "--log-level=warn", "--transport=" + transport,
                "--device", "socket-path=" + measured + ",blk-file=" + inMemory + more,
                "--device", "socket-path=" + other + ",blk-file=" + image + more));
        server.awaitListening(measured);
        server.awaitListening(other);
        UnixHttp.await(management(measured), "/actuator/health");
        return new Neighbours(settings, server, measured, other, disk);
    }

    private static Path image(Path where) throws IOException {
        return Files.write(where.resolve("image"), new byte[IMAGE_BYTES]);
    }

    private static Path management(Path measured) {
        return OurOptions.managementSocket(List.of(measured));
    }

    /** IOPS of the measured device while the other one has nothing to do. */
    double calm(Duration warmUp) throws IOException {
        return iops(warmUp);
    }

    /**
     * What is found while the other one's disk hangs.
     *
     * @param processors how many processors the threads of the one that hangs kept busy meanwhile
     */
    record Beside(double iops, double processors) {}

    /** The same while the other one's disk hangs under 32 writes. */
    Beside besideHung(Duration warmUp) throws IOException {
        try (ExecutorService thread = Executors.newSingleThreadExecutor(Thread.ofPlatform().name("other").factory())) {
            double before = written();
            var load = CompletableFuture.supplyAsync(this::loadOther, thread);
            await(() -> written() > before, "has not written to the other disk");
            Beside beside = disk.whileFrozen(() -> {
                awaitHanging();
                long beginNanos = System.nanoTime();
                long usedBefore = ThreadClock.nanos(server.pid(), Neighbours::isOfOther);
                if (usedBefore == 0) {
                    throw server.failure("has no threads for the other device");
                }
                double found = iops(warmUp);
                long used = ThreadClock.nanos(server.pid(), Neighbours::isOfOther) - usedBefore;
                double processors = (double) used / (System.nanoTime() - beginNanos);
                awaitHanging();
                return new Beside(found, processors);
            });
            LoadResult result = load.join();
            if (result.errors() > 0 || result.requests() == 0) {
                throw server.failure("did not go on after its disk had hung: " + result);
            }
            return beside;
        }
    }

    /** Its session, worker and store, and the kernel's threads of its io_uring, which the measured one needs not. */
    private static boolean isOfOther(String thread) {
        return thread.contains("-other") || thread.startsWith("iou-wrk-");
    }

    private LoadResult loadOther() {
        var spec = new LoadSpec(other, 1, DEPTH, LoadPattern.RANDWRITE, Operation.RANDWRITE_4K.blockBytes(), false,
                settings.think(),
                Duration.ZERO, OTHER_LOAD, settings.pin().clientCpu(), LoadCheck.NONE, 1);
        try {
            return BlkLoad.run(spec, counting -> {
            }, PATIENCE);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void awaitHanging() throws IOException {
        await(() -> sample("isthmus_blk_oldest_in_flight_seconds{device=\"other\",queue=\"0\"} ") > HANGS_SECONDS,
                "has nothing in flight on the disk that hangs");
    }

    private double written() throws IOException {
        return sample("isthmus_blk_requests_total{device=\"other\",operation=\"out\",queue=\"0\"} ");
    }

    private double sample(String name) throws IOException {
        return UnixHttp.get(management(measured), "/actuator/prometheus").lines().filter(line -> line.startsWith(name))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length()))).sum();
    }

    /** Something that the metrics tell. */
    private interface Condition {
        boolean holds() throws IOException;
    }

    private void await(Condition condition, String otherwise) throws IOException {
        long begin = System.nanoTime();
        while (!condition.holds()) {
            LockSupport.parkNanos(LOOK_NANOS);
            if (System.nanoTime() - begin > LIMIT_NANOS) {
                throw server.failure(otherwise + " after " + TimeUnit.NANOSECONDS.toSeconds(LIMIT_NANOS) + " s");
            }
        }
    }

    private double iops(Duration warmUp) throws IOException {
        var spec = new LoadSpec(measured, 1, DEPTH, LoadPattern.RANDREAD, Operation.RANDREAD_4K.blockBytes(), false,
                settings.think(),
                warmUp, settings.duration(), settings.pin().clientCpu(), LoadCheck.NONE, 1);
        LoadResult result = BlkLoad.run(spec, counting -> {
        });
        if (result.errors() > 0) {
            throw server.failure("answers wrongly: " + result);
        }
        return result.iops(); // nothing at all would be a result, too
    }
}
