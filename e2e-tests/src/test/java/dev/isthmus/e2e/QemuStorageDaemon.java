package dev.isthmus.e2e;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** QEMU's own vhost-user-blk back-end. */
final class QemuStorageDaemon implements BlkServer {

    private final Process process;
    private final Path socket;

    private QemuStorageDaemon(Process process, Path socket) {
        this.process = process;
        this.socket = socket;
    }

    /** Serves a raw image. It listens when this returns. */
    static QemuStorageDaemon start(Path image, Path socket, int queues) throws IOException, InterruptedException {
        var pidFile = socket.resolveSibling("pid");
        var process = new ProcessBuilder("qemu-storage-daemon", "--pidfile", pidFile.toString(),
                "--blockdev", "driver=file,node-name=file,discard=unmap,filename=" + image,
                "--blockdev", "driver=raw,node-name=disk,discard=unmap,file=file",
                "--export", "type=vhost-user-blk,id=export,node-name=disk,writable=on,addr.type=unix,addr.path="
                        + socket + ",num-queues=" + queues)
                .inheritIO()
                .start();
        var server = new QemuStorageDaemon(process, socket);
        // The pid file is written when every export listens.
        for (int attempt = 0; !pidFile.toFile().exists(); attempt++) {
            if (attempt == 1000 || process.waitFor(10, TimeUnit.MILLISECONDS)) {
                server.close();
                throw new IOException("qemu-storage-daemon does not listen on " + socket);
            }
        }
        return server;
    }

    @Override
    public Path socket() {
        return socket;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
