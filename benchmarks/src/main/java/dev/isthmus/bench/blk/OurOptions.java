package dev.isthmus.bench.blk;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How our back-end is started.
 *
 * @param root of the tree it is in
 * @param more keys for {@code --device}, separated by commas; may be empty
 */
record OurOptions(Path root, String more) {
    String program() {
        return root.resolve("bin/isthmus-blk").toString();
    }

    /** @param sockets one for each device; all devices have the same image, of which there is one */
    List<String> command(Store store, Path image, List<Path> sockets) {
        var command = new ArrayList<>(List.of(program(), "--log-level=warn"));
        for (Path socket : sockets) {
            command.addAll(List.of("--device", "socket-path=" + socket + ",num-queues=" + Depth.QUEUES_MAX + ","
                    + store(store, image) + (more.isEmpty() ? "" : "," + more)));
        }
        return command;
    }

    /** Beside the first device's socket, where it is unless it is told otherwise. */
    static Path managementSocket(List<Path> sockets) {
        return Path.of(sockets.getFirst() + ".management");
    }

    private static String store(Store store, Path image) {
        return switch (store) {
            case NULL -> "store=null,read-zeroes=off,size=" + Store.BYTES;
            case NULLFILL -> "store=null,read-zeroes=on,size=" + Store.BYTES;
            case TMPFS -> "blk-file=" + image;
            case DIRECT -> "direct=on,blk-file=" + image;
            case ROCKSDB -> "volume=" + image.getFileName() + ",volumes-dir=" + image.getParent();
        };
    }

    String describe() {
        return more.isEmpty() ? "with its defaults" : "with " + more;
    }
}
