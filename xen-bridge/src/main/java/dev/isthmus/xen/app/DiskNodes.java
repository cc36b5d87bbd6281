package dev.isthmus.xen.app;

import dev.isthmus.xen.Xenstore;
import dev.isthmus.xen.blkif.BlkifConnection;
import dev.isthmus.xen.blkif.BlkifProperties;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** {@code public/io/blkif.h}. */
final class DiskNodes implements NodeDialect<BlkifConnection, BlkifProperties> {
    @Override
    public Map<String, String> offered(Xenstore store, String backend, BlkifProperties disk) throws IOException {
        return BackendNodes.offered(backend, disk, discardAllowed(store, backend));
    }

    @Override
    public Map<String, String> connected(Xenstore store, String backend, BlkifProperties disk) throws IOException {
        return BackendNodes.connected(backend, disk, discardAllowed(store, backend));
    }

    /** A toolstack may forbid it. */
    private static boolean discardAllowed(Xenstore store, String backend) throws IOException {
        Optional<String> allowed = store.read(backend + "/discard-enable");
        return allowed.isEmpty() || !allowed.get().equals("0");
    }

    @Override
    public Map<String, String> changed(String backend, BlkifProperties disk) {
        return BackendNodes.resized(backend, disk);
    }

    @Override
    public BlkifConnection read(Xenstore store, String frontend, BlkifProperties limits, boolean takenOver)
            throws IOException {
        // The journal knows more.
        return FrontendNodes.read(store, frontend, limits);
    }

    @Override
    public String describe(BlkifProperties disk) {
        return disk.sectors() + " sectors";
    }
}
