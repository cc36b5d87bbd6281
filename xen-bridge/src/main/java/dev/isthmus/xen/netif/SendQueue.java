package dev.isthmus.xen.netif;

import dev.isthmus.frontend.net.NetLayout;
import dev.isthmus.linux.HostMemory;
import dev.isthmus.xen.GrantTable;
import dev.isthmus.xen.bridge.SharedRing;

/**
 * A guest's transmit ring. Packets are taken in order, copied together, and answered in order as soon as they are
 * copied: what becomes of them then is the back-end's. Hot; the worker's alone.
 *
 * <p>A response never hides what a successor of this process must know of a request that is not answered yet: its
 * flags and its id stay, and nothing but whole packets is published.
 */
final class SendQueue {
    private final CardService card;
    private final SharedRing ring;
    private final NetifCounters counters;
    private final int queue;
    private final FrameHeaders headers = new FrameHeaders();
    private final SendPacket[] packets = new SendPacket[Limits.PACKETS_PER_TURN];
    /** By packet: where its copies begin; and behind the last one, where the next would. */
    private final int[] begins = new int[Limits.PACKETS_PER_TURN + 1];
    private int count;
    private boolean stopping;
    private boolean broken;
    /** There may be packets that could not be taken now. */
    private boolean stalled;
    /** Because of the rate. */
    private boolean slowed;

    SendQueue(CardService card, SharedRing ring, int queue, NetifCounters counters) {
        this.card = card;
        this.ring = ring;
        this.queue = queue;
        this.counters = counters;
        for (int i = 0; i < packets.length; i++) {
            packets[i] = new SendPacket();
        }
    }

    /**
     * Begins, or goes on behind a predecessor of this process: what it may have sent or not is answered as dropped.
     * Whole packets were published, so that a packet begins there.
     *
     * @param takenOver whether there may have been one, even if it published nothing
     */
    void begin(boolean takenOver) {
        int responses = ring.responsesInRing();
        ring.begin(responses, responses);
        int pending = takenOver || responses != 0 ? ring.pending() : 0;
        while (pending > 0) {
            SendPacket packet = packets[0];
            int slots = packet.read(ring, ring.requestConsumer(), pending);
            if (slots == SendPacket.INCOMPLETE) {
                break;
            }
            counters.takeovers.increment();
            consume(slots);
            respond(packet, NetifLayout.DROPPED);
            pending -= slots;
        }
        ring.publish();
    }

    /** Takes packets and adds their copies; how many. */
    int take(Backend backend, PacketCopies copies, SendCredit credit) {
        stalled = true;
        int pending = pending();
        while (pending > 0 && count < packets.length && copies.hasRoom() && mayGo(credit)) {
            Frame frame = backend.prepare(queue);
            if (frame == null) {
                return count;
            }
            SendPacket packet = packets[count];
            int slots = packet.read(ring, ring.requestConsumer(), pending);
            if (slots == SendPacket.INCOMPLETE) {
                backend.drop(queue, frame);
                breakRing();
                return count;
            }
            begins[count] = copies.count();
            packet.frame = frame;
            if (packet.cause == DropCause.NONE) {
                credit.spend(packet.bytes);
                addCopies(backend, copies, packet, frame);
            }
            count++;
            begins[count] = copies.count();
            consume(slots);
            pending -= slots;
        }
        stalled = pending > 0;
        return count;
    }

    private boolean mayGo(SendCredit credit) {
        boolean left = credit.isLeft(card.nanos());
        if (!left && !slowed) {
            counters.rateStalls.increment();
        }
        slowed = !left;
        return left;
    }

    private int pending() {
        if (broken || stopping) {
            return 0;
        }
        int pending = ring.pending();
        if (pending == SharedRing.BROKEN) {
            breakRing();
            return 0;
        }
        return pending;
    }

    private void breakRing() {
        broken = true;
        counters.device.ringFaults.increment();
    }

    private void consume(int slots) {
        for (int i = 0; i < slots; i++) {
            ring.consume();
        }
    }

    /**
     * The head is filled until headers can be read in one piece; after that a slot that does not fit what is left of a
     * page begins the next, so that it is one copy.
     */
    private void addCopies(Backend backend, PacketCopies copies, SendPacket packet, Frame frame) {
        long page = frame.header;
        int used = NetLayout.HEADER_BYTES;
        int begin = used;
        for (int i = 0; i < packet.pieces; i++) {
            int offset = packet.offsets[i];
            int left = packet.sizes[i];
            while (left > 0) {
                int room = GrantTable.PAGE_BYTES - used;
                boolean headIsShort = frame.pieces == 0 && used - begin < Limits.HEAD_BYTES;
                if (room == 0 || left > room && !headIsShort) {
                    frame.add(page + begin, used - begin);
                    page = backend.page(queue);
                    begin = 0;
                    used = 0;
                    continue;
                }
                int bytes = Math.min(room, left);
                copies.fromGuest(packet.references[i], offset, page + used, bytes);
                used += bytes;
                offset += bytes;
                left -= bytes;
            }
        }
        frame.add(page + begin, used - begin);
    }

    /** The copies were made: hands the frames to the back-end and answers the packets. */
    void finish(Backend backend, PacketCopies copies, SourceGuard guard, SendOffload offload) {
        for (int i = 0; i < count; i++) {
            SendPacket packet = packets[i];
            Frame frame = packet.frame;
            if (frame == null) {
                continue;
            }
            packet.frame = null;
            if (packet.cause == DropCause.NONE) {
                packet.cause = copies.areDone(begins[i], begins[i + 1])
                        ? judge(packet, frame, guard, offload) : DropCause.COPY;
            }
            if (packet.cause == DropCause.NONE) {
                countSent(packet);
                backend.send(queue, frame);
            } else {
                counters.drops(packet.cause).increment();
                backend.drop(queue, frame);
            }
            respond(packet, packet.cause.status);
        }
    }

    private DropCause judge(SendPacket packet, Frame frame, SourceGuard guard, SendOffload offload) {
        boolean readable = headers.read(frame.head(), frame.headBytes());
        DropCause source = guard.check(headers, frame.head(), frame.headBytes(), frame.pieces == 1);
        if (source != DropCause.NONE) {
            return source;
        }
        if (!readable) {
            return DropCause.HEADERS;
        }
        return offload.describe(frame, headers, packet.blank, packet.gsoType, packet.gsoSize);
    }

    private void countSent(SendPacket packet) {
        counters.sentFrames.increment();
        counters.sentBytes.add(packet.bytes);
        counters.sentSlots.add(packet.slots);
        if (packet.slots > counters.sentSlotsMax.get()) {
            counters.sentSlotsMax.set(packet.slots);
        }
        if (packet.gsoType != NetifLayout.GSO_NONE) {
            counters.sentGsoFrames.increment();
        }
    }

    /** Of an extra info, type and flags stay; of a request all but its reference. */
    private void respond(SendPacket packet, int status) {
        for (int i = 0; i < packet.slots; i++) {
            long entry = ring.responseEntry();
            if (i >= 1 && i <= packet.extras) {
                HostMemory.putU16(entry + NetifLayout.TX_RESPONSE_STATUS, NetifLayout.NULL);
            } else {
                HostMemory.putU16(entry + NetifLayout.TX_RESPONSE_ID, HostMemory.u16(entry + NetifLayout.TX_ID));
                HostMemory.putU16(entry + NetifLayout.TX_RESPONSE_STATUS, status);
            }
            ring.respond();
        }
    }

    /** Shows the guest what was answered; whether it wants an event. */
    boolean publish() {
        if (count == 0) {
            return false;
        }
        count = 0;
        boolean wanted = ring.publish();
        if (!wanted) {
            counters.device.eventsSuppressed.increment();
        }
        return wanted;
    }

    /** Asks for an event; whether there is something to be taken already. One that waits for the back-end does not. */
    boolean awaitPackets() {
        if (broken || stopping || stalled) {
            return false;
        }
        ring.askForEvent();
        return ring.pending() != 0;
    }

    /** Whether the rate is all that it waits for. */
    boolean isSlowed() {
        return slowed && stalled && !broken && !stopping;
    }

    void stop() {
        stopping = true;
    }

    boolean isBroken() {
        return broken;
    }
}
