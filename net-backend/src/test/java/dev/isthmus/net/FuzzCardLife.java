package dev.isthmus.net;

import dev.isthmus.fuzz.FuzzRandom;
import dev.isthmus.fuzz.FuzzTally;
import dev.isthmus.virtqueue.ChainFault;
import java.util.ArrayDeque;
import java.util.Deque;

/** What a card lives through, and what must have been counted at its end. */
final class FuzzCardLife {
    private static final int BATCH_MAX = 24;
    private static final int BATCHES_MAX = 10;
    private static final int TURNS_MAX = 200;
    private static final DropCause[] CAUSES = DropCause.values();

    private final FuzzRandom random;
    private final FuzzCard card;
    private final FuzzLink link;
    private final boolean scribbled;
    private final FuzzSender sender;
    private final FuzzReceiver receiver;
    private final FuzzTally tally;
    private final long[] expected = new long[CAUSES.length];
    /** Rules of what was sent, in order. */
    private final Deque<NetBreak> rules = new ArrayDeque<>();
    private boolean enabled = true;

    FuzzCardLife(FuzzRandom random, FuzzCard card, FuzzLink link, boolean scribbled, FuzzSender sender,
            FuzzReceiver receiver, FuzzTally tally) {
        this.random = random;
        this.card = card;
        this.link = link;
        this.scribbled = scribbled;
        this.sender = sender;
        this.receiver = receiver;
        this.tally = tally;
    }

    void run(boolean forgetful) {
        int batches = random.between(1, BATCHES_MAX);
        for (int i = 0; i < batches && isSound(); i++) {
            happen();
            send(random.between(0, BATCH_MAX));
            receive(random.between(0, BATCH_MAX));
            link.toGive = random.between(0, BATCH_MAX);
            link.stuck = random.rarely(10);
            if (forgetful) {
                card.forget();
            }
            turn();
            if (link.stuck && random.rarely(2)) {
                card.changeMemory(false);
            }
            link.stuck = false;
            turn();
        }
        enable(true);
        ChainFault[] broken = isSound() ? breakRings() : new ChainFault[] {card.receiveFault(), card.transmitFault()};
        card.stop();
        check(broken);
    }

    private boolean isSound() {
        return card.receiveFault() == ChainFault.NONE && card.transmitFault() == ChainFault.NONE;
    }

    private void happen() {
        switch (random.below(10)) {
            case 0 -> enable(!enabled);
            case 1 -> card.restart(scribbled);
            case 2 -> card.changeMemory(false);
            default -> {
            }
        }
        enable(enabled);
    }

    private void enable(boolean on) {
        enabled = on;
        card.enable(on);
    }

    private void send(int count) {
        for (int i = 0; i < count && sender.offer(card.transmit); i++) {
            NetBreak rule = sender.rule();
            rules.add(rule);
            DropCause cause = enabled ? rule.cause : DropCause.DISABLED;
            expected[cause.ordinal()]++;
            if (cause == DropCause.NONE) {
                link.expected.add(sender.frame());
            }
        }
    }

    private void receive(int count) {
        for (int i = 0; i < count && receiver.offer(card.receive); i++) {
            // as many as there is room for
        }
    }

    private void turn() {
        card.turn(enabled);
        if (scribbled) {
            receiver.drain(card.receive);
        } else {
            receiver.take(card.receive);
        }
        FuzzRing.Used used = card.transmit.takeUsed();
        while (used != null) {
            if (used.chain() != null) {
                NetBreak rule = used.chain().rule();
                if (used.length() != 0 && !scribbled) {
                    throw new IllegalStateException(used.length() + " bytes written into what is sent");
                }
                tally.addCase(rule.cause == DropCause.NONE);
                tally.add(rule);
            }
            used = card.transmit.takeUsed();
        }
    }

    /** The end of most lives: what no driver may do to its rings. Returns what must be found in each. */
    private ChainFault[] breakRings() {
        ChainFault receive = ChainFault.NONE;
        ChainFault transmit = ChainFault.NONE;
        int size = card.transmit.ring().size();
        switch (random.below(12)) {
            case 0 -> {
                card.transmit.ring().nextAvailable(
                        card.transmit.ring().nextAvailable() + random.between(size + 1, 60_000) & 0xffff);
                transmit = ChainFault.AVAIL_INDEX_TOO_FAR;
            }
            case 1 -> {
                card.transmit.ring().offer(random.between(size, 65535));
                transmit = ChainFault.HEAD_OUT_OF_RANGE;
            }
            case 2 -> {
                card.receive.ring().offer(random.between(card.receive.ring().size(), 65535));
                for (int i = 0; i < TURNS_MAX && card.receiveFault() == ChainFault.NONE; i++) {
                    link.toGive = BATCH_MAX; // until it comes to that head
                    turn();
                }
                receive = oneOf(ChainFault.HEAD_OUT_OF_RANGE);
            }
            case 3 -> {
                card.changeMemory(true);
                transmit = ChainFault.RING_NOT_MAPPED;
                receive = ChainFault.RING_NOT_MAPPED;
            }
            case 4 -> {
            }
            default -> receive = starve();
        }
        turn();
        return new ChainFault[] {receive, transmit};
    }

    /** A frame waits for more buffers, and gets one that it has already. */
    private ChainFault starve() {
        receiver.offer(card.receive);
        link.nextBytes = 60_000;
        link.toGive = 1;
        turn();
        link.toGive = 0;
        link.nextBytes = 0;
        if (scribbled || !card.isReceiverWaiting() || card.receive.outstanding() == 0 || random.rarely(5)) {
            return card.receiveFault();
        }
        card.receive.offerAgain();
        turn();
        return oneOf(ChainFault.HEAD_ALREADY_IN_FLIGHT);
    }

    /** A head in the receive ring may be one too many already, or stay behind a buffer in which no frame has room. */
    private ChainFault oneOf(ChainFault fault) {
        ChainFault met = card.receiveFault();
        boolean possible = met == fault || met == ChainFault.AVAIL_INDEX_TOO_FAR || met == ChainFault.NONE;
        if (!possible && !scribbled) {
            throw new IllegalStateException("the receive ring has " + met + ", expected was " + fault);
        }
        return met;
    }

    private void check(ChainFault[] broken) {
        NetQueueCounters in = card.device.counters().get(0);
        NetQueueCounters out = card.device.counters().get(1);
        if (!scribbled) {
            require("fault of the receive ring", broken[0], card.receiveFault());
            require("fault of the transmit ring", broken[1], card.transmitFault());
            sent(out);
            received(in);
        }
        for (ChainFault fault : new ChainFault[] {card.receiveFault(), card.transmitFault()}) {
            if (fault != ChainFault.NONE) {
                tally.add(fault);
            }
        }
        for (DropCause cause : CAUSES) {
            count("DropCause", cause.name(), in.drops(cause).get() + out.drops(cause).get());
        }
        count("Frames", "sent", out.frames.get());
        count("Frames", "received", in.frames.get());
        count("Frames", "segmented", in.segmented.get() + out.segmented.get());
        for (long i = in.frames.get(); i > 0; i--) {
            tally.addCase(true);
        }
        tally.add("Cards", "lives", 1);
    }

    private void count(String group, String what, long times) {
        if (times > 0) {
            tally.add(group, what, times);
        }
    }

    /** Each frame was sent, or is counted under its cause. */
    private void sent(NetQueueCounters out) {
        expected[DropCause.UPLINK_REFUSED.ordinal()] += link.refused;
        expected[DropCause.UPLINK_DOWN.ordinal()] += link.down;
        for (DropCause cause : CAUSES) {
            if (cause != DropCause.NONE) {
                require("sent, " + cause, expected[cause.ordinal()], out.drops(cause).get());
            }
        }
        require("sent", link.sent, out.frames.get());
        require("frames that never came", 0, link.expected.size());
        boolean seesUsed = card.transmitFault() != ChainFault.RING_NOT_MAPPED;
        require("chains that were not handed back", 0, seesUsed ? card.transmit.outstanding() : 0);
    }

    private void received(NetQueueCounters in) {
        require("received", receiver.delivered, in.frames.get());
        long lost = in.drops(DropCause.BUFFER_TOO_SMALL).get() + in.drops(DropCause.RING_STOPPED).get();
        require("frames without a buffer", receiver.missing + link.given.size(), lost);
        require("broken buffers", receiver.refused,
                in.drops(DropCause.CHAIN).get() + in.drops(DropCause.BUFFER_WITHOUT_ROOM).get());
        for (DropCause cause : new DropCause[] {DropCause.UPLINK_REFUSED, DropCause.TOO_LONG,
            DropCause.OFFLOAD_NOT_NEGOTIATED}) {
            require("received, " + cause, link.drops[cause.ordinal()], in.drops(cause).get());
        }
    }

    private static void require(String what, Object wanted, Object met) {
        if (!wanted.equals(met)) {
            throw new IllegalStateException(what + ": " + met + ", must be " + wanted);
        }
    }

    private static void require(String what, long wanted, long met) {
        if (wanted != met) {
            throw new IllegalStateException(what + ": " + met + ", must be " + wanted);
        }
    }
}
