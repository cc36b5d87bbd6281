package dev.isthmus.xen.bridge;

import dev.isthmus.xen.EventChannels;
import dev.isthmus.xen.GrantTable;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/** A device with a worker of its own. */
public final class BridgedDevice<W, P extends DeviceProperties<P>, K> implements ServedDevice<W, P, K> {
    private final K counters;
    private final BackendLink<P, ?> link;
    private final WorkerCommands commands;
    private final DeviceWorker<W, P, ?> worker;
    private final Thread thread;

    private <C extends BackendDevice<P>> BridgedDevice(DeviceKind<W, P, C> kind, K counters, GrantTable grants,
            EventChannels channels, WorkerCommands commands) {
        this.counters = counters;
        this.commands = commands;
        BackendLink<P, C> way = new BackendLink<>(kind);
        this.link = way;
        this.worker = new DeviceWorker<>(kind, grants, channels, commands, way);
        this.thread = Thread.ofPlatform().name(kind.ring() + "-" + kind.options().name()).unstarted(worker);
    }

    /**
     * Begins to look for the back-end; does not wait for it.
     *
     * @param counters of the device, for whoever asks
     */
    public static <W, P extends DeviceProperties<P>, C extends BackendDevice<P>, K> BridgedDevice<W, P, K> open(
            DeviceKind<W, P, C> kind, K counters, XenDevices devices) throws IOException {
        GrantTable grants = devices.openGrantTable();
        EventChannels channels = null;
        try {
            channels = devices.openEventChannels();
            BridgedDevice<W, P, K> device = new BridgedDevice<>(kind, counters, grants, channels,
                    WorkerCommands.open());
            device.thread.start();
            return device;
        } catch (IOException e) {
            if (channels != null) {
                channels.close();
            }
            grants.close();
            throw e;
        }
    }

    @Override
    public P properties() throws IOException, InterruptedException {
        P last = link.properties();
        if (last != null) {
            return last;
        }
        try {
            return link.first().get();
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        }
    }

    @Override
    public void connect(W wanted) throws IOException, InterruptedException {
        properties();
        commands.call(result -> {
            worker.connect(wanted);
            result.complete(null);
        });
    }

    @Override
    public void onChange(Consumer<P> listener) {
        worker.onChange(listener);
    }

    @Override
    public void disconnect() throws InterruptedException {
        try {
            commands.call(worker::disconnect);
        } catch (IOException e) {
            // Closed: there is nothing left to let go of.
            return;
        }
    }

    @Override
    public K counters() {
        return counters;
    }

    @Override
    public boolean isBackendConnected() {
        return link.problem() == null;
    }

    @Override
    public Optional<String> fault() {
        String fault = worker.fault();
        return Optional.ofNullable(fault != null ? fault : link.problem());
    }

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
