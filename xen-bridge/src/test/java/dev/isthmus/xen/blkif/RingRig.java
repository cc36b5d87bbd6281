package dev.isthmus.xen.blkif;

import dev.isthmus.xen.CrashPoint;
import dev.isthmus.xen.EventChannels;
import dev.isthmus.xen.GrantTable;
import dev.isthmus.xen.blkif.GuestRing.Response;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** Everything between a guest and a back-end without a thread, on the thread of a test. */
final class RingRig implements AutoCloseable {
    final BlkGuest guest;
    final MemoryBackend backend;
    final BlkifCounters counters = new BlkifCounters();
    final CrashPoint crash = new CrashPoint();
    private final GrantTable grants;
    private final EventChannels channels;
    private final BlkifDiskOptions options;
    GuestLink link;

    RingRig(Path journal, BlkGuest guest) throws IOException {
        this.guest = guest;
        this.backend = new MemoryBackend(4096, 4 * Limits.SEGMENTS_MAX);
        backend.crash = crash;
        this.grants = crash.around(guest.openGrantTable());
        this.channels = crash.around(guest.openEventChannels());
        this.options = new BlkifDiskOptions("rig", journal, BlkGuest.DOMAIN, journal, false, 0, Duration.ZERO);
        this.link = open();
    }

    private GuestLink open() throws IOException {
        GuestLink opened = GuestLink.open(options, guest.connection(), backend.properties(), grants, channels,
                counters);
        opened.service().resume(backend, backend.properties(), false);
        return opened;
    }

    /** As when the process ended here and a new one begins: what it had is gone, but for the journal. */
    void restart() throws IOException {
        crash.never();
        link.close();
        loseBackend();
        link = open();
    }

    /** As when the back-end ended here, with all it had. */
    void replaceBackend() {
        link.service().pause();
        loseBackend();
        link.service().resume(backend, backend.properties(), false);
    }

    private void loseBackend() {
        backend.lose();
    }

    GuestRing ring() {
        return guest.ring();
    }

    void turn() {
        int turns = 0;
        while (link.service().turn() > 0) {
            turns++;
            if (turns > 100_000) {
                throw new AssertionError("work without end");
            }
        }
    }

    /** Puts, pushes and expects an answer as soon as it was looked at. */
    Response execute(byte[] request) {
        ring().put(request);
        ring().push();
        turn();
        Response response = ring().poll();
        if (response == null) {
            throw new AssertionError("no answer");
        }
        return response;
    }

    @Override
    public void close() {
        link.close();
        channels.close();
        grants.close();
        backend.close();
    }
}
