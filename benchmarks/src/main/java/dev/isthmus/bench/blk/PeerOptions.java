package dev.isthmus.bench.blk;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How qemu-storage-daemon is started.
 *
 * @param directAio how it does I/O on the O_DIRECT device: {@code threads}, {@code native} or {@code io_uring}
 * @param iothread whether each export has a thread of its own, which polls adaptively; otherwise the main loop serves
 */
record PeerOptions(String directAio, boolean iothread) {
    static final String PROGRAM = "qemu-storage-daemon";

    /** @param sockets one for each device; all devices have the same image, of which there is one */
    List<String> command(Store store, Path image, List<Path> sockets) {
        var command = new ArrayList<>(List.of(PROGRAM));
        for (Path socket : sockets) {
            String id = socket.getFileName().toString().replace(".sock", "");
            String thread = "";
            if (iothread) {
                command.addAll(List.of("--object", "iothread,id=" + id + "-thread"));
                thread = ",iothread=" + id + "-thread";
            }
            command.addAll(List.of("--blockdev", "node-name=" + id + "," + blockdev(store, image), "--export",
                    "type=vhost-user-blk,id=" + id + "-export,node-name=" + id + ",writable=on,num-queues="
                            + Depth.QUEUES_MAX + ",addr.type=unix,addr.path=" + socket + thread));
        }
        return command;
    }

    private String blockdev(Store store, Path image) {
        return switch (store) {
            case NULL -> "driver=null-co,read-zeroes=off,size=" + Store.BYTES;
            case NULLFILL -> "driver=null-co,read-zeroes=on,size=" + Store.BYTES;
            case TMPFS -> "driver=file,aio=threads,cache.direct=off,discard=unmap,filename=" + image;
            case ROCKSDB -> "driver=qcow2,discard=unmap,file.driver=file,file.aio=threads,file.discard=unmap,"
                    + "file.filename=" + image;
            case DIRECT -> "driver=host_device,aio=" + directAio + ",cache.direct=on,discard=unmap,filename=" + image;
        };
    }

    String describe() {
        return (iothread ? "each export in an iothread" : "exports in the main loop") + ", tmpfs with aio=threads,"
                + " direct with aio=" + directAio;
    }
}
