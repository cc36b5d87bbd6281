package dev.isthmus.bench.blk;

import dev.isthmus.bench.rig.Cleanup;
import dev.isthmus.bench.rig.LoopDevice;
import dev.isthmus.bench.rig.Scraper;
import dev.isthmus.bench.rig.Server;
import dev.isthmus.bench.rig.Tmpfs;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Both servers, up at the same time and each with its own image of the same kind; our metrics are scraped. */
final class Pair {
    /** A tmpfs wants a little for itself. */
    private static final long TMPFS_BYTES = 2 * Store.BYTES + (16L << 20);

    private final Map<Side, List<Path>> sockets = new EnumMap<>(Side.class);
    private final Map<Side, Path> images = new EnumMap<>(Side.class);
    private final Map<Side, Server> servers = new EnumMap<>(Side.class);
    private final Scraper scraper;

    private final Store store;

    private Pair(Cleanup cleanup, Settings settings, Store store, int devices, Path directory) throws IOException {
        this.store = store;
        Path images = switch (store) {
            case NULL, NULLFILL -> directory;
            case TMPFS, DIRECT -> Tmpfs.mount(cleanup, directory.resolve("images"), TMPFS_BYTES);
            case ROCKSDB -> ThinDisks.directory(cleanup, settings.disk() == null ? directory : settings.disk());
        };
        for (Side side : Side.values()) {
            List<Path> paths = IntStream.range(0, devices)
                    .mapToObj(device -> directory.resolve(side.text() + device + ".sock")).toList();
            Path image = switch (store) {
                case NULL, NULLFILL -> images;
                case TMPFS, DIRECT -> image(cleanup, store, images.resolve(side.text() + ".img"));
                case ROCKSDB -> ThinDisks.make(side, settings, images);
            };
            this.images.put(side, image);
            List<String> command = switch (side) {
                case OURS -> settings.ours().command(store, image, paths);
                case PEER -> settings.peer().command(store, image, paths);
            };
            sockets.put(side, paths);
            servers.put(side, Server.start(cleanup, settings.pin(), directory.resolve(side.text() + ".log"), command));
        }
        for (Side side : Side.values()) {
            for (Path socket : sockets(side)) {
                server(side).awaitListening(socket);
            }
        }
        scraper = Scraper.start(cleanup, OurOptions.managementSocket(sockets(Side.OURS)));
    }

    /**
     * Starts both.
     *
     * @param devices of each, all alike; more than one has no image
     * @param directory for sockets, logs and images; removed by who made it
     */
    static Pair start(Cleanup cleanup, Settings settings, Store store, int devices, Path directory)
            throws IOException {
        return new Pair(cleanup, settings, store, devices, directory);
    }

    private static Path image(Cleanup cleanup, Store store, Path file) throws IOException {
        try (var image = new RandomAccessFile(file.toFile(), "rw")) {
            image.setLength(Store.BYTES);
        }
        return store == Store.DIRECT ? LoopDevice.attach(cleanup, file) : file;
    }

    Store store() {
        return store;
    }

    Server server(Side side) {
        Server server = servers.get(side);
        if (server == null) {
            throw new IllegalStateException("no server yet");
        }
        return server;
    }

    List<Path> sockets(Side side) {
        return sockets.getOrDefault(side, List.of());
    }

    /** What a disk takes of the machine's, in MiB. */
    double spaceMegabytes(Side side) throws IOException {
        return ThinDisks.spaceMegabytes(images.getOrDefault(side, Path.of(".")));
    }

    /** Waits until a server has done what it does for itself, and until the disk has what was written. */
    void settle(Side side) throws IOException {
        ThinDisks.settle(server(side), images.getOrDefault(side, Path.of(".")));
    }

    Scraper scraper() {
        return scraper;
    }
}
