package dev.isthmus.xen.netif;

import dev.isthmus.frontend.SharedMemory;
import dev.isthmus.frontend.SplitDriverVirtqueue;
import dev.isthmus.frontend.net.NetLayout;
import dev.isthmus.xen.GrantTable;
import dev.isthmus.xen.bridge.VirtioQueues;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * A virtio-net device behind a vhost-user connection, with memory of its own: queue N of the guest is receiveqN (2N)
 * and transmitqN (2N + 1). Each connection gets new memory: whatever an old back-end may still do to the old one, it
 * does to nobody's frames. The worker's alone; hot, but for start and close.
 */
final class VirtioCard implements Backend, AutoCloseable {
    private final Deque<Runnable> closers = new ArrayDeque<>();
    private final long features;
    private final VirtioQueues virtio;
    private final VirtioReceiver[] receivers;
    private final VirtioSender[] senders;

    private VirtioCard(CardConnection connection, NetifConnection guest) throws IOException {
        int pairs = guest.queues().size();
        this.features = connection.negotiateWithout(guest.unwanted());
        this.receivers = new VirtioReceiver[pairs];
        this.senders = new VirtioSender[pairs];
        try {
            SharedMemory memory = SharedMemory.allocate(pairs * bytesOfPair());
            closers.push(memory::close);
            connection.frontend().share(memory);
            this.virtio = VirtioQueues.withRoomFor(NetLayout.RINGS_OF_A_PAIR * pairs);
            closers.push(virtio::close);
            for (int i = 0; i < pairs; i++) {
                SplitDriverVirtqueue receive = SplitDriverVirtqueue.create(memory, Limits.QUEUE_SIZE, features);
                SplitDriverVirtqueue send = SplitDriverVirtqueue.create(memory, Limits.QUEUE_SIZE, features, 0,
                        Limits.PAGES_MAX);
                virtio.start(connection.frontend(), receive);
                virtio.start(connection.frontend(), send);
                virtio.watch(NetLayout.transmitRing(i), false);
                receivers[i] = new VirtioReceiver(receive, virtio.vring(NetLayout.receiveRing(i)), memory, features);
                senders[i] = new VirtioSender(send, virtio.vring(NetLayout.transmitRing(i)), memory, features);
            }
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
        publish();
    }

    /** Shares memory and starts queues. The connection stays the caller's, who closes it before this. */
    static VirtioCard start(CardConnection connection, NetifConnection guest) throws IOException {
        return new VirtioCard(connection, guest);
    }

    private static long bytesOfPair() {
        return (long) (Limits.SEND_PAGES + Limits.RECEIVE_PAGES + 2) * GrantTable.PAGE_BYTES
                + SplitDriverVirtqueue.bytes(Limits.QUEUE_SIZE, 0)
                + SplitDriverVirtqueue.bytes(Limits.QUEUE_SIZE, Limits.PAGES_MAX);
    }

    VirtioQueues virtio() {
        return virtio;
    }

    @Override
    public long features() {
        return features;
    }

    @Override
    public @Nullable Frame prepare(int queue) {
        Frame frame = senders[queue].prepare();
        // That frames are done is news only for who waits for room.
        virtio.watch(NetLayout.transmitRing(queue), frame == null);
        return frame;
    }

    @Override
    public long page(int queue) {
        return senders[queue].page();
    }

    @Override
    public void send(int queue, Frame frame) {
        senders[queue].send(frame);
    }

    @Override
    public void drop(int queue, Frame frame) {
        senders[queue].give(frame);
    }

    @Override
    public @Nullable Frame receive(int queue) {
        return receivers[queue].receive();
    }

    @Override
    public void release(int queue, Frame frame) {
        receivers[queue].release(frame);
    }

    @Override
    public void watch(int queue, boolean on) {
        virtio.watch(NetLayout.receiveRing(queue), on);
    }

    @Override
    public void publish() {
        for (int i = 0; i < senders.length; i++) {
            senders[i].publish();
            receivers[i].publish();
        }
    }

    @Override
    public int inFlight() {
        int inFlight = 0;
        for (VirtioSender sender : senders) {
            inFlight += sender.inFlight();
        }
        return inFlight;
    }

    @Override
    public void close() {
        while (!closers.isEmpty()) {
            closers.pop().run();
        }
    }
}
