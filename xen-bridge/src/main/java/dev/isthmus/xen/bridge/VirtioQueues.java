package dev.isthmus.xen.bridge;

import dev.isthmus.frontend.DriverVirtqueue;
import dev.isthmus.frontend.Frontend;
import dev.isthmus.frontend.FrontendVring;
import dev.isthmus.frontend.SplitDriverVirtqueue;
import dev.isthmus.frontend.UsedFault;
import dev.isthmus.linux.EventFd;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.NativeHeap;
import dev.isthmus.linux.OwnedFd;
import java.io.IOException;

/**
 * The virtqueues of a device and the one eventfd by which its back-end notifies. The worker's alone; hot, but for
 * start, stop and close.
 */
public final class VirtioQueues implements AutoCloseable {
    private final DriverVirtqueue[] queues;
    private final FrontendVring[] vrings;
    /** By queue: whether what comes back there is worth a wake-up. */
    private final boolean[] watched;
    private final OwnedFd call;
    private final long callCount = NativeHeap.allocate(Long.BYTES);
    private int count;
    private boolean closed;

    private VirtioQueues(int room, OwnedFd call) {
        this.queues = new DriverVirtqueue[room];
        this.vrings = new FrontendVring[room];
        this.watched = new boolean[room];
        this.call = call;
    }

    /** None yet, and room for so many. */
    public static VirtioQueues withRoomFor(int room) throws LinuxException {
        return new VirtioQueues(room, EventFd.create());
    }

    /** Starts the queue of the next index. */
    public void start(Frontend frontend, SplitDriverVirtqueue queue) throws IOException {
        vrings[count] = frontend.start(count, queue, call);
        queues[count] = queue;
        watched[count] = true;
        count++;
    }

    public int count() {
        return count;
    }

    public DriverVirtqueue queue(int index) {
        return queues[index];
    }

    public FrontendVring vring(int index) {
        return vrings[index];
    }

    /** Whether to be notified by a queue at all; from the beginning it is. */
    public void watch(int queue, boolean on) {
        watched[queue] = on;
    }

    /** Readable after a notification; for poll(2). */
    int descriptor() {
        return call.number();
    }

    /** The notification was seen. */
    void drain() {
        EventFd.await(call.number(), callCount);
    }

    /** Asks for a notification; whether there is something already. */
    boolean awaitNotification() {
        boolean any = false;
        for (int i = 0; i < count; i++) {
            any |= watched[i] && queues[i].awaitNotification();
        }
        return any;
    }

    void suppressNotifications() {
        for (int i = 0; i < count; i++) {
            queues[i].suppressNotifications();
        }
    }

    /** Whether the back-end did what none may do to a used ring; nothing more comes from it. */
    boolean isBroken() {
        for (int i = 0; i < count; i++) {
            if (queues[i].fault() != UsedFault.NONE) {
                return true;
            }
        }
        return false;
    }

    /** Nothing is in flight: stops the queues, so that the back-end lets go of its device before it is disconnected. */
    void stop() throws IOException {
        for (int i = 0; i < count; i++) {
            vrings[i].stop();
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            for (int i = 0; i < count; i++) {
                vrings[i].close();
            }
            call.close();
            NativeHeap.free(callCount);
        }
    }
}
