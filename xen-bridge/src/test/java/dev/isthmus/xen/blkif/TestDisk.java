package dev.isthmus.xen.blkif;

import dev.isthmus.blk.BlkDevice;
import dev.isthmus.blk.BlkDeviceOptions;
import dev.isthmus.blk.store.BlockStore;
import dev.isthmus.blk.store.FileStore;
import dev.isthmus.blk.store.FileStoreOptions;
import dev.isthmus.loop.Transport;
import dev.isthmus.server.DeviceServer;
import dev.isthmus.server.Endpoint;
import dev.isthmus.vring.RingWatchdog;
import dev.isthmus.vring.WorkerOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A back-end of this project in this process: a disk on a real socket, which can be taken away and brought back. */
final class TestDisk implements AutoCloseable {
    private static final int QUEUES = 2;

    private final BlkDevice device;
    private final RingWatchdog watchdog = new RingWatchdog();
    private final DeviceServer server;

    private TestDisk(Path socket, BlockStore store) throws IOException {
        this.device = BlkDevice.create("disk", new BlkDeviceOptions("", QUEUES, null), store);
        watchdog.start();
        this.server = DeviceServer.start(device, new Endpoint.Path(socket.toString()),
                new WorkerOptions(1, 0, List.of(), Transport.AUTO), false, watchdog);
    }

    static TestDisk serve(Path socket, BlockStore store) throws IOException {
        return new TestDisk(socket, store);
    }

    static TestDisk serve(Path socket, Path image) throws IOException {
        return serve(socket, FileStore.open("disk", FileStoreOptions.of(image)));
    }

    /** Looks at the image's size again. */
    void refresh() throws IOException {
        device.refresh();
    }

    @Override
    public void close() throws IOException {
        server.close();
        device.close();
        watchdog.close();
    }
}
