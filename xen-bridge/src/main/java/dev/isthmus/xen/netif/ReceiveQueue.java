package dev.isthmus.xen.netif;

import dev.isthmus.linux.HostMemory;
import dev.isthmus.xen.bridge.SharedRing;
import org.jspecify.annotations.Nullable;

/**
 * A guest's receive ring. A frame takes a slot for each of its pieces and one for what is extra; a response is written
 * where the request was, as Linux' front-end relies on. Without enough slots one frame waits here, the others at the
 * back-end. Hot; the worker's alone.
 */
final class ReceiveQueue {
    private final SharedRing ring;
    private final NetifConnection guest;
    private final NetifCounters counters;
    private final ReceiveOffload offload;
    private final int queue;
    private final ReceivePacket[] packets = new ReceivePacket[Limits.PACKETS_PER_TURN];
    private int count;
    private int answered;
    /** What has to wait until the guest has slots. */
    private @Nullable Frame waiting;
    private int waitingSlots;
    private boolean stopping;
    private boolean broken;

    ReceiveQueue(SharedRing ring, int queue, NetifConnection guest, NetifCounters counters) {
        this.ring = ring;
        this.queue = queue;
        this.guest = guest;
        this.counters = counters;
        this.offload = new ReceiveOffload(guest, counters);
        for (int i = 0; i < packets.length; i++) {
            packets[i] = new ReceivePacket();
        }
    }

    /**
     * Begins, or goes on behind a predecessor of this process, which may have begun to answer: the guest gets all slots
     * back and offers them again.
     *
     * @param takenOver whether there may have been one, even if it published nothing
     */
    void begin(boolean takenOver) {
        int responses = ring.responsesInRing();
        ring.begin(responses, responses);
        int pending = takenOver || responses != 0 ? ring.pending() : 0;
        for (int i = 0; i < pending; i++) {
            long entry = ring.requestEntry();
            ring.consume();
            respond(HostMemory.u16(entry + NetifLayout.RX_ID), 0, NetifLayout.ERROR);
            counters.takeovers.increment();
        }
        ring.publish();
    }

    /** The back-end is gone, and with it what waited. */
    void forget() {
        waiting = null;
    }

    /** Takes frames from the back-end as long as there are slots, and adds their copies; how many were taken. */
    int take(Backend backend, PacketCopies copies) {
        int pending = pending();
        if (pending < 0) {
            backend.watch(queue, false);
            return 0;
        }
        int taken = 0;
        boolean stalled = waiting != null;
        while (count < packets.length && copies.hasRoom()) {
            Frame frame = waiting != null ? waiting : next(backend);
            if (frame == null) {
                break;
            }
            taken++;
            if (waitingSlots > pending) {
                waiting = frame;
                taken--;
                break;
            }
            waiting = null;
            pending -= waitingSlots;
            add(copies, frame);
        }
        if (stalled != (waiting != null)) {
            counters.receiveStalls.add(waiting != null ? 1 : 0);
            backend.watch(queue, waiting == null);
        }
        return taken;
    }

    /** Slots the guest offers; negative when nothing may be put there any more. */
    private int pending() {
        if (broken || stopping) {
            return -1;
        }
        int pending = ring.pending();
        if (pending == SharedRing.BROKEN) {
            broken = true;
            counters.device.ringFaults.increment();
        }
        return pending;
    }

    /** The next frame that the guest can be given, and how many slots it needs. */
    private @Nullable Frame next(Backend backend) {
        Frame frame = backend.receive(queue);
        while (frame != null) {
            DropCause cause = offload.read(frame);
            if (cause == DropCause.NONE && (frame.pieces > 1 && !guest.scatterGather()
                    || frame.pieces > Limits.SLOTS_MAX)) {
                cause = DropCause.TOO_LARGE;
            }
            if (cause == DropCause.NONE) {
                waitingSlots = frame.pieces + (offload.gsoType == NetifLayout.GSO_NONE ? 0 : 1);
                return frame;
            }
            counters.drops(cause).increment();
            backend.release(queue, frame);
            frame = backend.receive(queue);
        }
        return null;
    }

    /** What {@link #offload} says is of this frame: none was read since. */
    private void add(PacketCopies copies, Frame frame) {
        ReceivePacket packet = packets[count++];
        packet.frame = frame;
        packet.slots = waitingSlots;
        packet.flags = offload.flags;
        packet.gsoType = offload.gsoType;
        packet.gsoSize = offload.gsoSize;
        packet.begin = copies.count();
        int piece = 0;
        for (int slot = 0; slot < packet.slots; slot++) {
            long entry = ring.requestEntry();
            ring.consume();
            packet.ids[slot] = HostMemory.u16(entry + NetifLayout.RX_ID);
            if (slot == 1 && packet.gsoType != NetifLayout.GSO_NONE) {
                continue;
            }
            int reference = (int) HostMemory.u32(entry + NetifLayout.RX_REFERENCE);
            copies.toGuest(reference, frame.addresses[piece], frame.lengths[piece]);
            piece++;
        }
        packet.end = copies.count();
    }

    /** The copies were made: answers, and gives the frames back. */
    void finish(Backend backend, PacketCopies copies) {
        for (int i = 0; i < count; i++) {
            ReceivePacket packet = packets[i];
            Frame frame = packet.frame;
            if (frame == null) {
                continue;
            }
            packet.frame = null;
            if (copies.areDone(packet.begin, packet.end)) {
                respond(packet, frame);
                countReceived(packet, frame);
            } else {
                counters.drops(DropCause.COPY).increment();
                for (int slot = 0; slot < packet.slots; slot++) {
                    respond(packet.ids[slot], 0, NetifLayout.ERROR);
                }
            }
            backend.release(queue, frame);
        }
        answered = count;
        count = 0;
    }

    private void respond(ReceivePacket packet, Frame frame) {
        for (int piece = 0; piece < frame.pieces; piece++) {
            int more = piece < frame.pieces - 1 ? NetifLayout.RX_MORE_DATA : 0;
            boolean first = piece == 0;
            int slot = first || packet.gsoType == NetifLayout.GSO_NONE ? piece : piece + 1;
            respond(packet.ids[slot], more | (first ? packet.flags : 0), frame.lengths[piece]);
            if (first && packet.gsoType != NetifLayout.GSO_NONE) {
                respondExtra(packet);
            }
        }
    }

    private void respond(int id, int flags, int status) {
        long entry = ring.responseEntry();
        HostMemory.putU16(entry + NetifLayout.RX_ID, id);
        HostMemory.putU16(entry + NetifLayout.RX_RESPONSE_OFFSET, 0);
        HostMemory.putU16(entry + NetifLayout.RX_RESPONSE_FLAGS, flags);
        HostMemory.putU16(entry + NetifLayout.RX_RESPONSE_STATUS, status);
        ring.respond();
    }

    private void respondExtra(ReceivePacket packet) {
        long entry = ring.responseEntry();
        HostMemory.putU8(entry + NetifLayout.EXTRA_TYPE, NetifLayout.EXTRA_TYPE_GSO);
        HostMemory.putU8(entry + NetifLayout.EXTRA_FLAGS, 0);
        HostMemory.putU16(entry + NetifLayout.EXTRA_GSO_SIZE, packet.gsoSize);
        HostMemory.putU8(entry + NetifLayout.EXTRA_GSO_TYPE, packet.gsoType);
        HostMemory.putU8(entry + NetifLayout.EXTRA_GSO_PAD, 0);
        HostMemory.putU16(entry + NetifLayout.EXTRA_GSO_FEATURES, 0);
        ring.respond();
    }

    private void countReceived(ReceivePacket packet, Frame frame) {
        counters.receivedFrames.increment();
        counters.receivedBytes.add(frame.bytes);
        counters.receivedSlots.add(packet.slots);
        if (packet.slots > counters.receivedSlotsMax.get()) {
            counters.receivedSlotsMax.set(packet.slots);
        }
        if (packet.gsoType != NetifLayout.GSO_NONE) {
            counters.receivedGsoFrames.increment();
        }
    }

    /** Shows the guest what was answered; whether it wants an event. */
    boolean publish() {
        if (answered == 0) {
            return false;
        }
        answered = 0;
        boolean wanted = ring.publish();
        if (!wanted) {
            counters.device.eventsSuppressed.increment();
        }
        return wanted;
    }

    /** If a frame waits: asks for an event with the next slot; whether one is there already. */
    boolean awaitSlots() {
        return waiting != null && !broken && !stopping && ring.askForMore();
    }

    boolean isStarving() {
        return waiting != null && !broken && !stopping;
    }

    void stop() {
        stopping = true;
    }

    boolean isBroken() {
        return broken;
    }
}
