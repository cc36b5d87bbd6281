package dev.isthmus.xen.netif;

import dev.isthmus.frontend.DriverVirtqueue;
import dev.isthmus.frontend.Frontend;
import dev.isthmus.frontend.net.NetLayout;
import dev.isthmus.xen.bridge.BackendDevice;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** A back-end that is connected and has said what card it has. The worker's alone. */
final class CardConnection implements BackendDevice<NetifProperties> {
    /** For each answer. */
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private static final long WANTED = DriverVirtqueue.VERSION_1 | DriverVirtqueue.EVENT_IDX
            | DriverVirtqueue.INDIRECT_DESC | NetLayout.F_CSUM | NetLayout.F_GUEST_CSUM
            | NetLayout.F_GUEST_TSO4 | NetLayout.F_GUEST_TSO6 | NetLayout.F_HOST_TSO4
            | NetLayout.F_HOST_TSO6 | NetLayout.F_MRG_RXBUF | NetLayout.F_MQ;

    private final Frontend frontend;
    private final long features;

    private CardConnection(Frontend frontend, long features) {
        this.frontend = frontend;
        this.features = features;
    }

    static CardConnection open(Path socket) throws IOException {
        Frontend frontend = Frontend.connect(socket, TIMEOUT);
        try {
            long features = frontend.negotiate(WANTED);
            if ((features & DriverVirtqueue.VERSION_1) == 0) {
                throw new IOException("the back-end does not offer VIRTIO_F_VERSION_1");
            }
            return new CardConnection(frontend, features);
        } catch (IOException e) {
            frontend.close();
            throw e;
        }
    }

    Frontend frontend() {
        return frontend;
    }

    /** Leaves out what a guest cannot use; its queues do not run yet. */
    long negotiateWithout(long unwanted) throws IOException {
        return frontend.negotiate(WANTED & ~unwanted);
    }

    /** Pairs that can be used. */
    private int pairs() {
        boolean many = (features & NetLayout.F_MQ) != 0;
        return many ? Math.clamp(frontend.queueCount(), 1, Limits.QUEUES_MAX) : 1;
    }

    @Override
    public NetifProperties properties() {
        boolean checksum = (features & NetLayout.F_CSUM) != 0;
        return new NetifProperties(pairs(), checksum && (features & NetLayout.F_HOST_TSO4) != 0,
                checksum && (features & NetLayout.F_HOST_TSO6) != 0);
    }

    @Override
    public int descriptor() {
        return frontend.descriptor();
    }

    /** A back-end has nothing to tell that a guest could be told. */
    @Override
    public int requestsDescriptor() {
        return -1;
    }

    @Override
    public boolean refresh() {
        return false;
    }

    @Override
    public void close() {
        frontend.close();
    }
}
