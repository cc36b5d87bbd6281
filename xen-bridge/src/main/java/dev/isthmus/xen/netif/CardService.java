package dev.isthmus.xen.netif;

import dev.isthmus.xen.EventChannels;
import dev.isthmus.xen.GrantTable;
import org.jspecify.annotations.Nullable;

/**
 * All rings of a connected guest, and the way of a frame between them and the back-end. Hot; the worker's alone.
 *
 * <pre>
 *   transmit ring ──► copy ──► whose? headers ──► virtio header ──► back-end
 *   receive ring  ◄── copy ◄── virtio header, headers ◄─────────────┘
 * </pre>
 *
 * <p>Copies of all queues are made together, those of one direction by one system call a turn; between two turns no
 * copy is left to be made.
 */
final class CardService implements AutoCloseable {
    private final GrantTable grants;
    private final EventChannels channels;
    private final NetifCounters counters;
    private final SourceGuard guard;
    private final SendOffload offload;
    private final SendCredit credit;
    private final boolean limited;
    private final PacketCopies sent;
    private final PacketCopies received;

    private SendQueue[] senders = {};
    private ReceiveQueue[] receivers = {};
    /** Our ports, by queue. */
    private int[] sendPorts = {};
    private int[] receivePorts = {};
    private Backend backend = new NoBackend();
    private int first;
    private long now;

    CardService(NetifCardOptions options, GrantTable grants, EventChannels channels, NetifCounters counters) {
        this.grants = grants;
        this.channels = channels;
        this.counters = counters;
        this.guard = new SourceGuard(options.mac());
        this.offload = new SendOffload(counters);
        this.limited = !options.rate().isUnlimited();
        this.now = System.nanoTime();
        this.credit = new SendCredit(options.rate(), now);
        this.sent = new PacketCopies(options.domain(), counters.device);
        this.received = new PacketCopies(options.domain(), counters.device);
    }

    void queues(SendQueue[] newSenders, int[] newSendPorts, ReceiveQueue[] newReceivers, int[] newReceivePorts) {
        senders = newSenders;
        sendPorts = newSendPorts;
        receivers = newReceivers;
        receivePorts = newReceivePorts;
    }

    /** Goes on with another back-end. */
    void resume(Backend newBackend) {
        backend = newBackend;
        offload.features(newBackend.features());
    }

    /** The back-end is gone, with what it had. */
    void pause() {
        backend = new NoBackend();
        for (ReceiveQueue receiver : receivers) {
            receiver.forget();
        }
    }

    /** When this turn began, as far as anybody has to know. */
    long nanos() {
        return now;
    }

    /** Looks at everything once; how much there was to do. */
    int turn() {
        if (limited) {
            now = System.nanoTime();
        }
        // Another queue first each time, so that none takes all the room.
        first = first + 1 < senders.length ? first + 1 : 0;
        int work = 0;
        for (int i = 0; i < senders.length; i++) {
            work += senders[queue(i)].take(backend, sent, credit);
            work += receivers[queue(i)].take(backend, received);
        }
        if (work > 0) {
            copy();
            publish();
        }
        return work;
    }

    private int queue(int i) {
        int queue = first + i;
        return queue < senders.length ? queue : queue - senders.length;
    }

    private void copy() {
        sent.run(grants);
        received.run(grants);
        for (int i = 0; i < senders.length; i++) {
            senders[i].finish(backend, sent, guard, offload);
            receivers[i].finish(backend, received);
        }
        sent.clear();
        received.clear();
        backend.publish();
    }

    private void publish() {
        for (int i = 0; i < senders.length; i++) {
            boolean send = senders[i].publish();
            boolean receive = receivers[i].publish();
            if (sendPorts[i] == receivePorts[i]) {
                notify(send || receive, sendPorts[i]);
            } else {
                notify(send, sendPorts[i]);
                notify(receive, receivePorts[i]);
            }
        }
    }

    private void notify(boolean wanted, int port) {
        if (wanted) {
            channels.signal(port);
            counters.device.eventsSent.increment();
        }
    }

    boolean awaitGuest() {
        boolean more = false;
        for (int i = 0; i < senders.length; i++) {
            more |= senders[i].awaitPackets();
            more |= receivers[i].awaitSlots();
        }
        return more;
    }

    /** When the rate allows more, or a guest that says nothing may have made room; -1: not at all. */
    int millisToTurn(boolean notifies) {
        int millis = -1;
        for (int i = 0; i < senders.length; i++) {
            if (senders[i].isSlowed()) {
                millis = credit.millisToMore(System.nanoTime());
            }
        }
        for (int i = 0; i < receivers.length && !notifies; i++) {
            if (receivers[i].isStarving()) {
                millis = millis < 0 ? Limits.SILENT_GUEST_MILLIS : Math.min(millis, Limits.SILENT_GUEST_MILLIS);
            }
        }
        return millis;
    }

    void stop() {
        for (int i = 0; i < senders.length; i++) {
            senders[i].stop();
            receivers[i].stop();
        }
    }

    /** Frames at the back-end that were sent. */
    int inFlight() {
        return backend.inFlight();
    }

    /** Which ring is not served any more; makes an object once for each. */
    @Nullable
    String fault() {
        for (int i = 0; i < senders.length; i++) {
            if (senders[i].isBroken() || receivers[i].isBroken()) {
                return "queue " + i + ": the guest's "
                        + (senders[i].isBroken() ? "transmit ring has a wrong producer index, or half a packet"
                                : "receive ring has a wrong producer index")
                        + "; the ring is not served any more";
            }
        }
        return null;
    }

    @Override
    public void close() {
        sent.close();
        received.close();
    }
}
