package dev.isthmus.vring;

import dev.isthmus.linux.CpuAffinity;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.ThreadState;
import dev.isthmus.loop.Transport;
import dev.isthmus.loop.WorkerLoop;
import dev.isthmus.memory.GuestMemoryLease;
import dev.isthmus.polling.PollWindow;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that owns some rings of one connection.
 *
 * <pre>
 *   commands ──► rings: take, complete, publish, notify ──► work?  go on
 *                                                           none while the window was open?  ask for notifications,
 *                                                                                 look once more, sleep
 * </pre>
 *
 * <p>A worker never serves two connections: when a mapping of guest memory turns out to be truncated, or a bug of ours
 * shows, the worker stops touching guest memory, its connection ends, and nobody else notices.
 */
final class VringWorker implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(VringWorker.class);
    private static final long NANOS_PER_MICRO = 1000;
    private static final long FAILED_LOOK_NANOS = 1_000_000;
    private static final int NO_CPU = -1;

    private final String name;
    private final PollWindow window;
    private final int cpu;
    private final Transport transport;
    private final Consumer<Throwable> onFailure;
    private final Queue<Runnable> commands = new ConcurrentLinkedQueue<>();
    private final CompletableFuture<WorkerLoop> loopReady = new CompletableFuture<>();
    private final BooleanSupplier hasWork = this::hasWork;
    private final CompletableFuture<Boolean> ended = new CompletableFuture<>();

    private List<Vring> rings = List.of();
    private GuestMemoryLease lease;
    private @Nullable WorkerLoop loop;
    private boolean running = true;
    private boolean failed;
    private long failedAtNanos;
    private volatile int threadNumber;
    private boolean idle;
    private long idleSinceNanos;

    VringWorker(String name, WorkerOptions options, int number, GuestMemoryLease lease, Consumer<Throwable> onFailure) {
        this.name = name;
        this.window = new PollWindow(options.pollMicros() * NANOS_PER_MICRO);
        this.cpu = options.cpus().isEmpty() ? NO_CPU : options.cpus().get(number % options.cpus().size());
        this.transport = options.transport();
        this.lease = lease;
        this.onFailure = onFailure;
    }

    /** Starts the thread; returns when it can be spoken to. */
    static VringWorkerProxy start(
            String name, WorkerOptions options, int number, GuestMemoryLease lease, Consumer<Throwable> onFailure) {
        VringWorker worker = new VringWorker(name, options, number, lease, onFailure);
        Thread.ofPlatform().name(name).daemon().start(worker);
        return new VringWorkerProxy(worker, worker.loopReady.join());
    }

    @Override
    public void run() {
        boolean clean = true;
        try (WorkerLoop opened = WorkerLoop.open(transport)) {
            loop = opened;
            threadNumber = ThreadState.currentThreadNumber();
            bind();
            loopReady.complete(opened);
            while (running) {
                cycle(opened);
            }
            clean = rings.stream().allMatch(Vring::isIdle);
        } catch (LinuxException | RuntimeException | Error e) {
            // No loop, since there are too many descriptors or too little memory: who started us is told.
            if (!loopReady.completeExceptionally(e)) {
                LOG.error("{}: its loop could not be closed", name, e);
            }
        } finally {
            ended.complete(clean);
        }
    }

    private void bind() {
        if (cpu != NO_CPU) {
            try {
                CpuAffinity.bindCurrentThread(cpu);
            } catch (LinuxException e) {
                LOG.warn("{}: cannot be bound to CPU {}: {}", name, cpu, e.getMessage());
            }
        }
    }

    /** The net under the hot path: what gets here is a truncated mapping or a bug. */
    private void cycle(WorkerLoop opened) {
        try {
            if (doWork() > 0) {
                resume();
                opened.pass();
            } else {
                rest(opened);
            }
        } catch (RuntimeException | Error e) {
            fail(e);
        }
    }

    private int doWork() {
        int work = runCommands();
        // By index: the list is replaced by commands only, and an iterator would be garbage.
        List<Vring> present = rings;
        for (int i = 0; i < present.size(); i++) {
            Vring ring = present.get(i);
            work += ring.turn();
            if (ring.isDrained()) {
                finish(ring);
            }
        }
        return work;
    }

    private int runCommands() {
        int work = 0;
        Runnable command = commands.poll();
        while (command != null) {
            command.run();
            work++;
            command = commands.poll();
        }
        return work;
    }

    private void rest(WorkerLoop opened) {
        if (failed) {
            restAfterFailure(opened);
            return;
        }
        // File I/O in flight ends a sleep as a kick does, and looking for it costs more than looking at a ring.
        if (!opened.hasFilesInFlight() && isPolling()) {
            Thread.onSpinWait();
            return;
        }
        long nanos = WorkerLoop.FOR_EVER;
        List<Vring> present = rings;
        for (int i = 0; i < present.size(); i++) {
            if (present.get(i).arm()) {
                return;
            }
            nanos = Math.min(nanos, present.get(i).restNanosMax());
        }
        opened.sleep(nanos, hasWork);
    }

    /** There is work: notes how long there was none. */
    private void resume() {
        if (idle) {
            idle = false;
            window.pauseEnded(System.nanoTime() - idleSinceNanos);
        }
    }

    private boolean isPolling() {
        long now = System.nanoTime();
        if (!idle) {
            idle = true;
            idleSinceNanos = now;
        }
        return now - idleSinceNanos < window.nanos();
    }

    private boolean hasWork() {
        if (!commands.isEmpty()) {
            return true;
        }
        List<Vring> present = rings;
        for (int i = 0; i < present.size(); i++) {
            if (present.get(i).handler.hasCompletions()) {
                return true;
            }
        }
        return false;
    }

    /**
     * Requests that others hold are counted off; past a limit they are given up, and {@link #ended} tells that memory
     * must stay mapped.
     */
    private void restAfterFailure(WorkerLoop opened) {
        if (System.nanoTime() - failedAtNanos > Limits.ABANDON_NANOS) {
            running = false;
        } else {
            opened.sleep(FAILED_LOOK_NANOS, hasWork);
        }
    }

    private void fail(Throwable t) {
        if (failed) {
            return;
        }
        failed = true;
        failedAtNanos = System.nanoTime();
        rings.forEach(Vring::abandon);
        onFailure.accept(t);
    }

    private void finish(Vring ring) {
        rings = rings.stream().filter(r -> r != ring).toList();
        ring.finish();
    }

    // For any thread.

    void post(Runnable command) {
        commands.add(command);
    }

    /** Asks the kernel. */
    boolean isThreadSleeping() {
        return ThreadState.of(threadNumber) == ThreadState.SLEEPING;
    }

    /** Completes when the thread is about to end: whether nobody holds guest memory any more. */
    CompletableFuture<Boolean> ended() {
        return ended;
    }

    // The rest is called by commands, on this thread.

    WorkerLoop loop() {
        WorkerLoop present = loop;
        if (present == null) {
            throw new IllegalStateException("the worker has not started");
        }
        return present;
    }

    GuestMemoryLease lease() {
        return lease;
    }

    void add(Vring ring) {
        List<Vring> more = new ArrayList<>(rings);
        more.add(ring);
        rings = List.copyOf(more);
    }

    Vring ring(int index) {
        return rings.stream().filter(r -> r.index == index).findFirst()
                .orElseThrow(() -> new IllegalStateException("ring " + index + " is not here"));
    }

    void memory(GuestMemoryLease next, Runnable released) {
        GuestMemoryLease old = lease;
        lease = next;
        rings.forEach(ring -> ring.memory(next));
        old.retire(released);
    }

    void stop() {
        running = false;
    }
}
