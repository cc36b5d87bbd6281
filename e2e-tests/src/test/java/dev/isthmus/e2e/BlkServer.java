package dev.isthmus.e2e;

import java.io.IOException;
import java.nio.file.Path;

/** A running vhost-user-blk back-end with one disk. */
interface BlkServer extends AutoCloseable {

    /**
     * Serves a raw image by our back-end, or by QEMU's with {@code -De2e.backend=peer}: what fails with the one
     * and not with the other is a fault of ours and not of the test. It accepts connections when this returns.
     *
     * @param socket where to listen; the directory holds nothing but what clients may see
     */
    static BlkServer start(Path image, Path socket, int queues) throws IOException, InterruptedException {
        return System.getProperty("isthmus.e2e.backend", "isthmus").equals("peer")
                ? QemuStorageDaemon.start(image, socket, queues)
                : IsthmusBlk.start(image, socket, queues);
    }

    Path socket();

    /** Ends it. What it should do at its end, and did not, is an error. */
    @Override
    void close() throws IOException;
}
