package dev.isthmus.xen.app;

import dev.isthmus.xen.blkif.BlkifConnection;
import dev.isthmus.xen.blkif.BlkifCounters;
import dev.isthmus.xen.blkif.BlkifDiskOptions;
import dev.isthmus.xen.blkif.BlkifProperties;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;

/** What a device's life needs of {@link dev.isthmus.xen.bridge.ServedDevice}, whose Javadoc holds here. */
interface GuestDisk extends AutoCloseable {
    BlkifProperties properties() throws IOException, InterruptedException;

    void connect(BlkifConnection connection) throws IOException, InterruptedException;

    void onResize(Consumer<BlkifProperties> listener);

    void disconnect() throws InterruptedException;

    BlkifCounters counters();

    boolean isBackendConnected();

    Optional<String> fault();

    @Override
    void close();

    /** Makes disks. */
    interface Opener {
        /** Does not wait. */
        GuestDisk open(BlkifDiskOptions options) throws IOException;
    }
}
