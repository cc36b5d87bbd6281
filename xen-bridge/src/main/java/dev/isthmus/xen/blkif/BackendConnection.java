package dev.isthmus.xen.blkif;

import dev.isthmus.frontend.BackendRequests;
import dev.isthmus.frontend.DriverVirtqueue;
import dev.isthmus.frontend.Frontend;
import dev.isthmus.frontend.blk.BlkGeometry;
import dev.isthmus.frontend.blk.BlkLayout;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A back-end that is connected and has said what disk it has. The worker's alone. */
final class BackendConnection implements AutoCloseable {
    /** For each answer; stopping a ring waits for the disk. */
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private static final long WANTED = DriverVirtqueue.VERSION_1 | DriverVirtqueue.EVENT_IDX
            | DriverVirtqueue.INDIRECT_DESC | BlkLayout.F_MQ | BlkGeometry.FEATURES;

    private final Frontend frontend;
    private final long features;
    private BlkGeometry geometry;
    /** Where the back-end tells that its disk has changed; null when it cannot, or does not any more. */
    private @Nullable BackendRequests requests;

    private BackendConnection(Frontend frontend, long features, BlkGeometry geometry,
            @Nullable BackendRequests requests) {
        this.frontend = frontend;
        this.features = features;
        this.geometry = geometry;
        this.requests = requests;
    }

    static BackendConnection open(Path socket) throws IOException {
        Frontend frontend = Frontend.connect(socket, TIMEOUT);
        try {
            long features = frontend.negotiate(WANTED);
            if ((features & DriverVirtqueue.VERSION_1) == 0) {
                throw new IOException("the back-end does not offer VIRTIO_F_VERSION_1");
            }
            BlkGeometry geometry = BlkGeometry.read(frontend, features);
            return new BackendConnection(frontend, features, geometry, frontend.openBackendRequests().orElse(null));
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

    /** Readable when {@link #refresh} is worth a call, for poll(2); -1 when the back-end tells nothing. */
    int requestsDescriptor() {
        return requests == null ? -1 : requests.descriptor();
    }

    /** Takes what the back-end tells; whether the disk is another than before. */
    boolean refresh() throws IOException {
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

    /** What the guest is to be told. */
    BlkifProperties properties(boolean readOnly) throws IOException {
        boolean unwritable = readOnly || geometry.readOnly();
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
