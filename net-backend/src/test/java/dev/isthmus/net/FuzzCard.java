package dev.isthmus.net;

import dev.isthmus.device.VringContext;
import dev.isthmus.device.VringHandler;
import dev.isthmus.fuzz.FuzzGuest;
import dev.isthmus.memory.GuestMemoryLease;
import dev.isthmus.vhostuser.FakeRing;
import dev.isthmus.virtqueue.ChainFault;
import dev.isthmus.virtqueue.SplitAddresses;
import dev.isthmus.virtqueue.SplitVirtqueue;
import dev.isthmus.virtqueue.Virtqueue;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;

/** A device with two rings, and what a worker does to them. */
final class FuzzCard {
    private static final int BUDGET = 32;
    private static final int ROUNDS_MAX = 20_000;

    final NetDevice device;
    final FuzzRing receive;
    final FuzzRing transmit;
    private final FuzzGuest guest;
    private final FuzzFeatures features;
    private final FuzzLink link;
    private Virtqueue receiveQueue;
    private Virtqueue transmitQueue;
    private VringHandler receiver;
    private VringHandler transmitter;
    private GuestMemoryLease lease;

    FuzzCard(FuzzGuest guest, FuzzFeatures features, FuzzLink link, FuzzRing receive, FuzzRing transmit, int base) {
        this.guest = guest;
        this.features = features;
        this.link = link;
        this.receive = receive;
        this.transmit = transmit;
        this.device = NetDevice.create("fuzz", new NetDeviceOptions(1, features.mtu()), link);
        device.start(features.bits());
        open(base, base);
    }

    private void open(int receiveBase, int transmitBase) {
        lease = new GuestMemoryLease(guest.memory());
        receiveQueue = queue(receive.ring(), receiveBase);
        transmitQueue = queue(transmit.ring(), transmitBase);
        receiver = device.openVring(new VringContext(0, receiveQueue, features.bits(), () -> {}, null));
        transmitter = device.openVring(new VringContext(1, transmitQueue, features.bits(), () -> {}, null));
        enable(true);
    }

    private Virtqueue queue(FakeRing ring, int base) {
        var addresses = new SplitAddresses(ring.descriptorsUser(), ring.availableUser(), ring.usedUser());
        return SplitVirtqueue.start(ring.size(), addresses, features.bits(), base, lease, null);
    }

    void enable(boolean on) {
        receiver.setEnabled(on);
        transmitter.setEnabled(on);
    }

    /** Until there is nothing to do; a disabled receive ring is left alone. */
    void turn(boolean enabled) {
        int rounds = 0;
        boolean more = true;
        while (more) {
            if (++rounds > ROUNDS_MAX) {
                throw new IllegalStateException("the rings never come to rest");
            }
            int work = takeFrom(transmitter, transmitQueue);
            if (enabled) {
                work += takeFrom(receiver, receiveQueue);
            }
            more = work > 0 || isAwakened(transmitter, transmitQueue) || enabled && isAwakened(receiver, receiveQueue)
                    || !transmitter.wantsChains() && !link.stuck && transmitQueue.ringFault() == ChainFault.NONE;
        }
    }

    private static int takeFrom(VringHandler handler, Virtqueue queue) {
        int work = queue.ringFault() == ChainFault.NONE ? handler.takeAvailable(BUDGET) : 0;
        if (work > 0) {
            queue.suppressNotifications();
        }
        queue.publish();
        return work;
    }

    private static boolean isAwakened(VringHandler handler, Virtqueue queue) {
        if (!handler.wantsChains()) {
            queue.suppressNotifications();
            return false;
        }
        return queue.awaitNotification() && queue.ringFault() == ChainFault.NONE;
    }

    boolean isReceiverWaiting() {
        return receiver.wantsChains();
    }

    ChainFault receiveFault() {
        return receiveQueue.ringFault();
    }

    ChainFault transmitFault() {
        return transmitQueue.ringFault();
    }

    /** Goes on in another memory table; nothing holds the one before. */
    void changeMemory(boolean withoutRings) {
        letGo();
        GuestMemoryLease old = lease;
        lease = new GuestMemoryLease(withoutRings ? guest.withoutRings() : guest.memory());
        receiveQueue.memory(lease);
        transmitQueue.memory(lease);
        var released = new AtomicBoolean();
        old.retire(() -> released.set(true));
        if (!released.get()) {
            throw new IllegalStateException("somebody holds memory that is to go");
        }
    }

    private void letGo() {
        receiver.letGo();
        transmitter.letGo();
        if (receiveQueue.inFlight() != 0 || transmitQueue.inFlight() != 0) {
            throw new IllegalStateException("chains in flight that nobody has");
        }
    }

    /** Stops both rings and starts them where they stopped, as another process would: at the used index. */
    void restart(boolean scribbled) {
        letGo();
        int receiveBase = base(receiveQueue, receive, scribbled);
        int transmitBase = base(transmitQueue, transmit, scribbled);
        end();
        open(receiveBase, transmitBase);
    }

    private static int base(Virtqueue queue, FuzzRing ring, boolean scribbled) {
        if (!scribbled && queue.base() != ring.ring().usedIndex()) {
            throw new IllegalStateException("base " + queue.base() + ", used index " + ring.ring().usedIndex());
        }
        return queue.base();
    }

    private void end() {
        receiver.close();
        transmitter.close();
        receiveQueue.close();
        transmitQueue.close();
    }

    /** Takes a chain and forgets it: for the test of the fuzzer. */
    void forget() {
        transmitQueue.poll();
    }

    void stop() {
        letGo();
        end();
        device.stop();
    }

    void close() throws IOException {
        device.close();
    }
}
