package dev.isthmus.vring;

import dev.isthmus.device.VirtioDevice;
import dev.isthmus.device.VringContext;
import dev.isthmus.device.VringHandler;
import dev.isthmus.linux.EventFd;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.OwnedFd;
import dev.isthmus.memory.GuestMemory;
import dev.isthmus.memory.GuestMemoryLease;
import dev.isthmus.memory.InflightMemory;
import dev.isthmus.virtqueue.ChainFault;
import dev.isthmus.virtqueue.SplitAddresses;
import dev.isthmus.virtqueue.SplitInflight;
import dev.isthmus.virtqueue.SplitVirtqueue;
import dev.isthmus.virtqueue.Virtqueue;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All vrings of one connection, from the session's side: takes what the front-end configures, starts and stops rings,
 * and spreads them over workers. Owned by the session's thread; every method may block until a worker has answered.
 */
public final class Vrings {
    private static final Logger LOG = LoggerFactory.getLogger(Vrings.class);

    private final VirtioDevice device;
    private final List<VringCounters> counters;
    private final RingWatchdog watchdog;
    private final WatchLimits watch;
    private final List<VringSetup> setups;
    private final Workers workers;

    private long features;
    private boolean deviceStarted;
    private final Set<Integer> brokenOnce = ConcurrentHashMap.newKeySet();
    private GuestMemory memory = GuestMemory.EMPTY;
    private @Nullable InflightParts inflight;
    private boolean saidUntracked;

    /**
     * @param counters one for each virtqueue of the device; they outlive the connection
     * @param onFailure called once, by a worker that can do no more; the connection is to be closed
     */
    public Vrings(VirtioDevice device, WorkerOptions options, List<VringCounters> counters, RingWatchdog watchdog,
            Consumer<Throwable> onFailure) {
        this.device = device;
        this.counters = counters;
        this.watchdog = watchdog;
        this.watch = options.watch();
        this.setups = IntStream.range(0, device.queueCount()).mapToObj(VringSetup::new).toList();
        this.workers = new Workers(device, options, t -> failed(t, onFailure));
    }

    /** SET_FEATURES, checked against what is offered. */
    public void features(long negotiated, boolean protocolFeatures) throws VringViolation {
        boolean running = setups.stream().anyMatch(s -> s.state.started());
        if (running && negotiated != features) {
            throw new VringViolation("SET_FEATURES changes features while a ring runs");
        }
        features = negotiated;
        for (VringSetup setup : setups) {
            boolean wasEnabled = setup.state.enabled();
            setup.state = setup.state.onSetFeatures(protocolFeatures);
            if (setup.state.started() && !wasEnabled && setup.state.enabled()) {
                workers.of(setup.index).setEnabled(setup.index, true);
            }
        }
    }

    /** SET_INFLIGHT_FD: takes ownership. No ring may be running. */
    public void inflight(InflightMemory region) throws VringViolation {
        if (!allStopped()) {
            region.close();
            throw new VringViolation("SET_INFLIGHT_FD while a ring runs");
        }
        closeInflight();
        inflight = new InflightParts(region);
    }

    private void closeInflight() {
        InflightParts old = inflight;
        inflight = null;
        if (old != null) {
            old.close();
        }
    }

    /** Null where the region has no part for the ring, or there is no region. */
    private @Nullable SplitInflight inflight(VringSetup setup) {
        InflightParts region = inflight;
        if (region == null) {
            return null;
        }
        SplitInflight part = region.start(setup.index, setup.size);
        if (part == null) {
            sayUntracked(setup, region);
        }
        return part;
    }

    private void sayUntracked(VringSetup setup, InflightParts region) {
        if (!saidUntracked) {
            saidUntracked = true;
            String have = region.queues() + " queues of " + region.queueSize() + " entries";
            LOG.warn("{}: the inflight region ({}) has no room for ring {} of {} entries: its requests do not survive"
                    + " this process (said once for this connection)", device.name(), have, setup.index, setup.size);
        }
    }

    /** SET_VRING_NUM; the value was checked by the decoder. */
    public void size(int index, int size) throws VringViolation, DeviceStartException {
        VringSetup setup = stopped(index, "SET_VRING_NUM");
        setup.size = size;
        startIfReady(setup);
    }

    /** SET_VRING_ADDR: user addresses. On a running ring only the same ones again. */
    public void addresses(int index, SplitAddresses addresses) throws VringViolation, DeviceStartException {
        VringSetup setup = setups.get(index);
        if (setup.state.started()) {
            if (!addresses.equals(setup.addresses)) {
                throw new VringViolation("SET_VRING_ADDR moves ring " + index + " while it runs");
            }
            return;
        }
        setup.addresses = addresses;
        startIfReady(setup);
    }

    /** SET_VRING_BASE. */
    public void base(int index, int base) throws VringViolation {
        stopped(index, "SET_VRING_BASE").base = base;
    }

    /**
     * SET_VRING_KICK: starts the ring if it is stopped. Takes ownership of {@code kick}; without one the ring is
     * polled.
     */
    public void kick(int index, @Nullable OwnedFd kick) throws VringViolation, DeviceStartException {
        VringSetup setup = setups.get(index);
        OwnedFd old = setup.exchangeKick(checkedEventFd(kick, "kick", index));
        if (setup.state.started()) {
            workers.of(index).setKick(index, kick);
            watchdog.kick(counters.get(index), kick);
        }
        VringSetup.close(old);
        setup.kicked = true;
        startIfReady(setup);
    }

    /** SET_VRING_CALL, at any time. Takes ownership; in use when this returns. */
    public void call(int index, @Nullable OwnedFd call) throws VringViolation {
        VringSetup setup = setups.get(index);
        OwnedFd old = setup.exchangeCall(checkedEventFd(call, "call", index));
        if (setup.state.started()) {
            workers.of(index).setCall(index, call, mayBlock(call));
        }
        VringSetup.close(old);
    }

    /** SET_VRING_ERR, at any time. Takes ownership. */
    public void err(int index, @Nullable OwnedFd err) throws VringViolation {
        VringSetup setup = setups.get(index);
        OwnedFd old = setup.exchangeErr(checkedEventFd(err, "err", index));
        if (setup.state.started()) {
            workers.of(index).setErr(index, err);
        }
        VringSetup.close(old);
    }

    /** SET_VRING_ENABLE. The worker knows when this returns. */
    public void enable(int index, boolean enable) {
        VringSetup setup = setups.get(index);
        setup.state = setup.state.onSetVringEnable(enable);
        if (setup.state.started()) {
            workers.of(index).setEnabled(index, enable);
        }
    }

    /** GET_VRING_BASE: stops the ring, waits for what is in flight, and returns the available index to go on at. */
    public int stop(int index) {
        VringSetup setup = setups.get(index);
        if (setup.state.started()) {
            int base = workers.of(index).deactivate(index);
            watchdog.remove(counters.get(index)); // it reads the kick descriptor, which is closed next
            setup.stopped(base);
            if (allStopped()) {
                stopDevice();
            }
        } else {
            setup.stopped(setup.base);
        }
        return setup.base;
    }

    /** RESET_OWNER: deprecated; rings are disabled, nothing else is lost. */
    public void disableAll() {
        setups.forEach(setup -> enable(setup.index, false));
    }

    public RingState state(int index) {
        return setups.get(index).state;
    }

    /** Whether no ring is started: then nothing may be sent to the front-end that it did not ask for. */
    public boolean isSuspended() {
        return allStopped();
    }

    /**
     * Publishes another memory table. New requests use it when this returns.
     *
     * @param waitForOld whether to wait until no request in flight uses the old one any more, so that it may be
     *     unmapped
     */
    public void memory(GuestMemory next, boolean waitForOld) {
        watchdog.swapMemory(() -> memory = next);
        workers.memory(next, waitForOld);
    }

    /**
     * Stops everything and ends the workers. Returns whether guest memory may be unmapped: nobody holds an address in
     * it.
     */
    public boolean close() {
        boolean clean = true;
        for (VringSetup setup : setups) {
            clean &= close(setup);
        }
        clean &= workers.stop();
        if (clean) {
            closeInflight();
        }
        setups.forEach(VringSetup::closeDescriptors);
        watchdog.swapMemory(() -> memory = GuestMemory.EMPTY);
        stopDevice();
        return clean;
    }

    /** The ring is watched until it is stopped, however long that takes. */
    private boolean close(VringSetup setup) {
        try {
            if (setup.state.started()) {
                int base = workers.of(setup.index).deactivate(setup.index);
                watchdog.remove(counters.get(setup.index));
                setup.stopped(base);
            }
            return true;
        } catch (IllegalStateException e) {
            LOG.error("{}: ring {} could not be stopped: {}", device.name(), setup.index, e.getMessage());
            watchdog.remove(counters.get(setup.index));
            return false;
        }
    }

    /** Whether the worker of a started ring waits for a wake-up. */
    boolean isWorkerSleeping(int index) {
        return workers.of(index).isSleeping();
    }

    GuestMemory memory() {
        return memory;
    }

    private boolean allStopped() {
        return setups.stream().noneMatch(s -> s.state.started());
    }

    private VringSetup stopped(int index, String message) throws VringViolation {
        VringSetup setup = setups.get(index);
        if (setup.state.started()) {
            throw new VringViolation(message + " on ring " + index + " while it runs");
        }
        return setup;
    }

    private void startIfReady(VringSetup setup) throws VringViolation, DeviceStartException {
        SplitAddresses addresses = setup.addresses;
        if (setup.state.started() || !setup.isReady() || addresses == null) {
            return;
        }
        String problem = addresses.problem(memory, setup.size);
        if (!problem.isEmpty()) {
            throw new VringViolation("ring " + setup.index + ": " + problem);
        }
        SplitInflight ringInflight = inflight(setup);
        startDevice();
        counters.get(setup.index).recovery.ringStarts();
        VringWorkerProxy worker = workers.start(setup.index, memory);
        worker.activate(lease -> open(setup, addresses, ringInflight, lease, worker), setup.kick());
        setup.state = setup.state.onSetVringKick();
        watch(setup, addresses, worker);
    }

    private void watch(VringSetup setup, SplitAddresses addresses, VringWorkerProxy worker) {
        String name = device.name() + " ring " + setup.index;
        VringCounters counted = counters.get(setup.index);
        watchdog.add(new WatchedRing(name, this, addresses, setup.size, counted, worker::isSleeping,
                new StallWatch(name, device, setup.index, counted, watch.stalled().toNanos()), watch.untaken(),
                setup.kick()));
    }

    private void startDevice() throws DeviceStartException {
        if (deviceStarted) {
            return;
        }
        try {
            device.start(features);
            deviceStarted = true;
        } catch (IOException e) {
            throw new DeviceStartException(e);
        }
    }

    private void stopDevice() {
        if (deviceStarted) {
            deviceStarted = false;
            device.stop();
        }
    }

    /** Runs on the worker. */
    private Vring open(VringSetup setup, SplitAddresses addresses, @Nullable SplitInflight ringInflight,
            GuestMemoryLease lease, VringWorkerProxy worker) {
        Virtqueue queue = SplitVirtqueue.start(setup.size, addresses, features, setup.base, lease, ringInflight);
        VringHandler handler = device.openVring(new VringContext(setup.index, queue, features, worker.wakeup(),
                worker.files(), worker.watcher()));
        Vring ring = new Vring(setup.index, queue, handler, counters.get(setup.index), this::ringStopped);
        ring.setEnabled(setup.state.enabled());
        ring.setErr(setup.err());
        ring.setCall(setup.call(), mayBlock(setup.call()));
        return ring;
    }

    /** Runs on a worker. One line for each ring of a connection; the counters know the rest. */
    private void ringStopped(int index, ChainFault fault) {
        if (brokenOnce.add(index)) {
            LOG.warn("{}: ring {} stopped: the driver broke it ({})", device.name(), index, fault);
        }
    }

    private void failed(Throwable t, Consumer<Throwable> onFailure) {
        if (t instanceof InternalError) {
            LOG.error(
                    "{}: guest memory cannot be read any more (its file was truncated): the front-end is disconnected",
                    device.name());
        } else {
            LOG.error("{}: a worker failed, which is a bug: the front-end is disconnected", device.name(), t);
        }
        onFailure.accept(t);
    }

    private @Nullable OwnedFd checkedEventFd(@Nullable OwnedFd fd, String role, int index) throws VringViolation {
        if (fd != null && !EventFd.isEventFd(fd)) {
            fd.close();
            throw new VringViolation("the " + role + " descriptor of ring " + index + " is no eventfd");
        }
        return fd;
    }

    private static boolean mayBlock(@Nullable OwnedFd fd) {
        try {
            return fd != null && !fd.isNonBlocking();
        } catch (LinuxException e) {
            return true;
        }
    }
}
