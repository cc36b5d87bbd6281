package dev.isthmus.bench.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What is started. A container image becomes another one when there is one. */
enum Form {
    /** As {@code bin/package} makes it. */
    CACHE,
    /** The jar and its libraries alone. */
    JAR,
    /** {@code qemu-storage-daemon}. */
    PEER,
    /** {@code bin/isthmus-xen}, as {@code bin/package} makes it. */
    BRIDGE;

    /** Those that serve the same. */
    static final List<Form> BACKENDS = List.of(CACHE, JAR, PEER);

    static final String PEER_PROGRAM = "qemu-storage-daemon";
    static final int QUEUES = 16;

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether it is {@code bin/isthmus-blk}. */
    boolean isOurs() {
        return this == CACHE || this == JAR;
    }

    /**
     * The command line of a back-end, which becomes the server.
     *
     * @param sockets one for each device
     * @param image of all devices, which are read-only unless there is one only: an image has one writer
     */
    List<String> command(List<Path> sockets, Path image) {
        boolean readOnly = sockets.size() > 1;
        return switch (this) {
            case CACHE -> ours(OurProcess.CACHE, sockets, image, readOnly);
            case JAR -> ours(Path.of(""), sockets, image, readOnly);
            case PEER -> peer(sockets, image, readOnly);
            case BRIDGE -> throw new IllegalArgumentException("no back-end");
        };
    }

    private static List<String> ours(Path cache, List<Path> sockets, Path image, boolean readOnly) {
        String store = ",blk-file=" + image + ",num-queues=" + QUEUES + ",read-only=" + (readOnly ? "on" : "off");
        return OurProcess.command(cache, List.of(),
                sockets.stream().map(socket -> "socket-path=" + socket + store).toList());
    }

    private static List<String> peer(List<Path> sockets, Path image, boolean readOnly) {
        var command = new ArrayList<>(List.of(PEER_PROGRAM));
        for (int i = 0; i < sockets.size(); i++) {
            command.addAll(List.of("--blockdev",
                    "driver=file,node-name=d" + i + ",filename=" + image + ",read-only=" + (readOnly ? "on" : "off"),
                    "--export", "type=vhost-user-blk,id=e" + i + ",node-name=d" + i + ",num-queues=" + QUEUES
                            + ",writable=" + (readOnly ? "off" : "on") + ",addr.type=unix,addr.path="
                            + sockets.get(i)));
        }
        return command;
    }
}
