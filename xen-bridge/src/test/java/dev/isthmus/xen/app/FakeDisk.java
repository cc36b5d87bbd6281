package dev.isthmus.xen.app;

import dev.isthmus.xen.blkif.BlkifConnection;
import dev.isthmus.xen.blkif.BlkifCounters;
import dev.isthmus.xen.blkif.BlkifDiskOptions;
import dev.isthmus.xen.blkif.BlkifProperties;
import dev.isthmus.xen.blkif.FakeCounters;
import dev.isthmus.xen.bridge.ServedDevice;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;

/** A disk that notes what it is asked for. */
final class FakeDisk implements ServedDevice<BlkifConnection, BlkifProperties, BlkifCounters> {
    static final BlkifProperties PROPERTIES =
            new BlkifProperties(2048, 512, 4096, false, true, true, 4096, 0, 4, 2, 64);

    final BlkifDiskOptions options;
    final BlkifCounters counters = FakeCounters.create();
    BlkifProperties properties = PROPERTIES;
    BlkifConnection connection;
    String refusal;
    RuntimeException mistake;
    boolean backend = true;
    String fault;
    int connects;
    int disconnects;
    boolean closed;
    private Consumer<BlkifProperties> listener = size -> {};

    FakeDisk(BlkifDiskOptions options) {
        this.options = options;
    }

    @Override
    public BlkifProperties properties() {
        if (mistake != null) {
            throw mistake;
        }
        return properties;
    }

    @Override
    public void connect(BlkifConnection wanted) throws IOException {
        connects++;
        if (refusal != null) {
            throw new IOException(refusal);
        }
        connection = wanted;
    }

    @Override
    public void onChange(Consumer<BlkifProperties> whom) {
        listener = whom;
    }

    void resize(long sectors) {
        BlkifProperties p = properties;
        properties = new BlkifProperties(sectors, p.sectorBytes(), p.physicalSectorBytes(), p.readOnly(), p.flush(),
                p.discard(), p.discardGranularityBytes(), p.discardAlignmentBytes(), p.queuesMax(),
                p.ringPageOrderMax(), p.indirectSegmentsMax());
        listener.accept(properties);
    }

    @Override
    public void disconnect() {
        disconnects++;
        connection = null;
    }

    @Override
    public BlkifCounters counters() {
        return counters;
    }

    @Override
    public boolean isBackendConnected() {
        return backend;
    }

    @Override
    public Optional<String> fault() {
        return Optional.ofNullable(fault);
    }

    @Override
    public void close() {
        closed = true;
        connection = null;
    }
}
