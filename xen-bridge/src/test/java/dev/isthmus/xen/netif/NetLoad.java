package dev.isthmus.xen.netif;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A guest that sends frames to a network that gives them back, in a thread of its own. What comes must be one of those;
 * some may be lost.
 */
final class NetLoad implements AutoCloseable {
    private static final int IN_FLIGHT = 24;

    private final GuestQueue queue;
    private final byte[][] frames = new byte[8][];
    private final AtomicBoolean stop = new AtomicBoolean();
    private final AtomicLong received = new AtomicLong();
    private final Thread thread;
    private volatile @Nullable Throwable failure;

    NetLoad(GuestQueue queue) {
        this.queue = queue;
        for (int i = 0; i < frames.length; i++) {
            // The first byte of the destination tells which one it is.
            frames[i] = Frames.frame(i % 2 == 0, true, 100 + i * 1500);
            frames[i][0] = (byte) (2 + 4 * i);
        }
        this.thread = Thread.ofPlatform().name("net-load").start(this::run);
    }

    private void run() {
        try {
            int next = 0;
            while (!stop.get()) {
                queue.answers();
                queue.offer(GuestQueue.SIZE - (queue.rxProducer - queue.rxConsumer));
                while (queue.txProducer - queue.txConsumer < IN_FLIGHT) {
                    byte[] frame = frames[next++ % frames.length];
                    boolean large = frame.length > 1514;
                    queue.putFrame(frame, 1, large ? next % 2 == 1 ? 1 : 2 : 0, 1400);
                }
                queue.pushTx();
                long events = queue.domain.events(queue.rxPort);
                queue.askForEvents();
                queue.answers();
                if (queue.arrived() == 0) {
                    queue.domain.awaitEvents(queue.rxPort, events, 10);
                }
                take();
            }
        } catch (Exception | AssertionError e) {
            failure = e;
        }
    }

    private void take() {
        for (GuestQueue.Received one = queue.pollRx(); one != null; one = queue.pollRx()) {
            if (one.status() < 0) {
                continue;
            }
            int which = (one.frame()[0] - 2) / 4;
            if (!Arrays.equals(one.frame(), frames[which])) {
                throw new AssertionError("a frame of " + one.frame().length + " bytes came back changed");
            }
            received.incrementAndGet();
        }
    }

    /** Waits until so many more frames came back. */
    void await(long more) {
        long goal = received.get() + more;
        while (received.get() < goal && thread.isAlive()) {
            Thread.onSpinWait();
        }
        check();
    }

    private void check() {
        if (failure != null) {
            throw new AssertionError(failure);
        }
    }

    @Override
    public void close() {
        stop.set(true);
        while (thread.isAlive()) {
            Thread.onSpinWait();
        }
        check();
    }
}
