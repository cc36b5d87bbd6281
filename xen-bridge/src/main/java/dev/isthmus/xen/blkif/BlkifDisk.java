package dev.isthmus.xen.blkif;

import dev.isthmus.xen.EventChannels;
import dev.isthmus.xen.GrantTable;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/**
 * One disk of one guest: its block rings on one side, a vhost-user back-end on the other, and a thread between them
 * that does all the work. Any thread may call; one at a time calls {@link #connect} and {@link #disconnect}.
 *
 * <pre>
 *   open ──► properties ──► connect ──► disconnect ──► connect ... ──► close
 *             waits for               waits for what
 *             the back-end            is in flight
 * </pre>
 *
 * <p>A back-end that goes away is connected again, for ever; what was in flight is executed again. The guest sees a
 * pause.
 */
public final class BlkifDisk implements AutoCloseable {
    private final BlkifCounters counters;
    private final BackendLink link;
    private final WorkerCommands commands;
    private final DiskWorker worker;
    private final Thread thread;

    private BlkifDisk(BlkifDiskOptions options, BlkifCounters counters, GrantTable grants, EventChannels channels,
            WorkerCommands commands) {
        this.counters = counters;
        this.commands = commands;
        this.link = new BackendLink(options, counters);
        this.worker = new DiskWorker(options, counters, grants, channels, commands, link);
        this.thread = Thread.ofPlatform().name("blkif-" + options.name()).unstarted(worker);
    }

    /** Begins to look for the back-end; does not wait for it. */
    public static BlkifDisk open(BlkifDiskOptions options, XenDevices devices) throws IOException {
        GrantTable grants = devices.openGrantTable();
        EventChannels channels = null;
        try {
            channels = devices.openEventChannels();
            BlkifDisk disk = new BlkifDisk(options, new BlkifCounters(), grants, channels, WorkerCommands.open());
            disk.thread.start();
            return disk;
        } catch (IOException e) {
            if (channels != null) {
                channels.close();
            }
            grants.close();
            throw e;
        }
    }

    /**
     * What the guest is to be told: what the back-end said last. Waits for it the first time.
     *
     * @throws IOException when this is closed meanwhile
     */
    public BlkifProperties properties() throws IOException, InterruptedException {
        BlkifProperties last = link.properties();
        if (last != null) {
            return last;
        }
        try {
            return link.first().get();
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        }
    }

    /**
     * Maps the guest's rings, binds its event channels and serves it. If the journal is of these rings, what a
     * predecessor of this process left unanswered is executed first. Waits for the back-end if it was never there.
     *
     * @throws IOException says what is wrong with the guest's numbers; nothing stays mapped or bound then
     */
    public void connect(BlkifConnection connection) throws IOException, InterruptedException {
        properties();
        commands.call(result -> {
            worker.connect(connection);
            result.complete(null);
        });
    }

    /**
     * Whom to tell when the back-end's disk has changed its size. Called by the disk's thread, which waits meanwhile.
     */
    public void onResize(Consumer<BlkifProperties> listener) {
        worker.onResize(listener);
    }

    /**
     * Takes no more requests, waits until all that were taken are answered, unmaps and unbinds. Removes the journal.
     * Without a connection it does nothing.
     *
     * @throws InterruptedException the guest is let go of all the same, later; {@link #close} does it at once
     */
    public void disconnect() throws InterruptedException {
        try {
            commands.call(worker::disconnect);
        } catch (IOException e) {
            // Closed: there is nothing left to let go of.
            return;
        }
    }

    public BlkifCounters counters() {
        return counters;
    }

    /** Whether there is a back-end now. */
    public boolean isBackendConnected() {
        return link.problem() == null;
    }

    /** Why the guest's requests are not served as they should be, if so; a back-end that is away is one reason. */
    public Optional<String> fault() {
        String fault = worker.fault();
        return Optional.ofNullable(fault != null ? fault : link.problem());
    }

    /**
     * Lets go of everything at once: what is in flight is not answered. The journal stays, for a successor; whoever
     * knows that the guest is gone removes it. Not to be called by the disk's own thread.
     */
    @Override
    public void close() {
        worker.end();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
