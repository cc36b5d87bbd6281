package dev.isthmus.xen.blkif;

import dev.isthmus.frontend.BackendRequests;
import dev.isthmus.frontend.DriverVirtqueue;
import dev.isthmus.frontend.Frontend;
import dev.isthmus.frontend.blk.BlkGeometry;
import dev.isthmus.frontend.blk.BlkLayout;
import dev.isthmus.xen.bridge.BackendDevice;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A back-end that is connected and has said what disk it has. The worker's alone. */
final class BackendConnection implements BackendDevice<BlkifProperties> {
    /** For each answer; stopping a ring waits for the disk. */
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private static final long WANTED = DriverVirtqueue.VERSION_1 | DriverVirtqueue.EVENT_IDX
            | DriverVirtqueue.INDIRECT_DESC | BlkLayout.F_MQ | BlkGeometry.FEATURES;

    private final Frontend frontend;
    private final long features;
    private final boolean wantedReadOnly;
    private BlkGeometry geometry;
    /** Where the back-end tells that its disk has changed; null when it cannot, or does not any more. */
    private @Nullable BackendRequests requests;

    private BackendConnection(Frontend frontend, long features, boolean wantedReadOnly, BlkGeometry geometry,
            @Nullable BackendRequests requests) {
        this.frontend = frontend;
        this.features = features;
        this.wantedReadOnly = wantedReadOnly;
        this.geometry = geometry;
        this.requests = requests;
    }

    /** @param readOnly whether the guest must not write, whatever the back-end allows */
    static BackendConnection open(Path socket, boolean readOnly) throws IOException {
        Frontend frontend = Frontend.connect(socket, TIMEOUT);
        try {
            long features = frontend.negotiate(WANTED);
            if ((features & DriverVirtqueue.VERSION_1) == 0) {
                throw new IOException("the back-end does not offer VIRTIO_F_VERSION_1");
            }
            BlkGeometry geometry = BlkGeometry.read(frontend, features);
            return new BackendConnection(frontend, features, readOnly, geometry,
                    frontend.openBackendRequests().orElse(null));
        } catch (IOException e) {
            frontend.close();
            throw e;
        }
    }

    Frontend frontend() {
        return frontend;
    }

    long features() {
        return features;
    }

    BlkGeometry geometry() {
        return geometry;
    }

    @Override
    public int descriptor() {
        return frontend.descriptor();
    }

    @Override
    public int requestsDescriptor() {
        return requests == null ? -1 : requests.descriptor();
    }

    @Override
    public boolean refresh() throws IOException {
        if (requests == null) {
            return false;
        }
        try {
            if (!requests.takeConfigurationChange()) {
                return false;
            }
        } catch (IOException e) {
            // It tells nothing any more. Whether it is still there is seen elsewhere.
            requests.close();
            requests = null;
            return false;
        }
        BlkGeometry before = geometry;
        geometry = BlkGeometry.read(frontend, features);
        return !geometry.equals(before);
    }

    /** Queues that can be used. */
    int queues() {
        boolean many = (features & BlkLayout.F_MQ) != 0;
        return many ? Math.min(Limits.RINGS_MAX, frontend.queueCount()) : 1;
    }

    @Override
    public BlkifProperties properties() throws IOException {
        boolean unwritable = wantedReadOnly || geometry.readOnly();
        int block = geometry.blockBytes();
        if (block > Limits.SECTOR_BYTES_MAX) {
            throw new IOException("the back-end has blocks of " + block + " bytes, a guest's page has "
                    + Limits.SECTOR_BYTES_MAX);
        }
        if (geometry.segmentsMax() < RequestLayout.DIRECT_SEGMENTS_MAX || geometry.segmentBytesMax() < block
                || geometry.segmentBytesMax() < Limits.SECTOR_BYTES_MAX) {
            throw new IOException("the back-end takes requests of " + geometry.segmentsMax() + " pieces of "
                    + geometry.segmentBytesMax() + " bytes, a guest's have " + RequestLayout.DIRECT_SEGMENTS_MAX
                    + " of " + Limits.SECTOR_BYTES_MAX);
        }
        boolean discard = !unwritable && geometry.discardSectorsMax() > 0;
        int granularity = (int) Math.max(block, Math.min(Integer.MAX_VALUE / 2 + 1,
                geometry.discardAlignmentSectors() * BlkLayout.SECTOR_BYTES));
        return new BlkifProperties(geometry.sectors(), block, geometry.physicalBlockBytes(), unwritable,
                geometry.flush(), discard, discard ? granularity : 0, 0, queues(), Limits.RING_PAGE_ORDER_MAX,
                Math.min(Limits.SEGMENTS_MAX, geometry.segmentsMax()));
    }

    @Override
    public void close() {
        if (requests != null) {
            requests.close();
        }
        frontend.close();
    }
}
