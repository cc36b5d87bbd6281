package dev.isthmus.net;

import dev.isthmus.linux.LinuxException;
import dev.isthmus.vhostuser.FakeFrontend;
import dev.isthmus.vhostuser.FakeRing;
import dev.isthmus.vhostuser.SharedRam;

/** The driver of one queue pair on a real socket: one buffer to a chain, header and frame together. One thread. */
final class FakeCard {
    static final int BUFFER = 2048;
    static final int HEADER = 12;
    private static final long DATA = 1 << 20;

    private final FakeRing receive;
    private final FakeRing transmit;
    private final SharedRam ram;
    private final long receiveData;
    private final long transmitData;
    private final int size;
    private int sent;

    private FakeCard(FakeFrontend frontend, int pair, int size) throws LinuxException {
        this.ram = frontend.ram();
        this.size = size;
        this.receive = frontend.ring(2 * pair, size);
        this.transmit = frontend.ring(2 * pair + 1, size);
        this.receiveData = DATA + 2L * pair * size * BUFFER;
        this.transmitData = receiveData + (long) size * BUFFER;
    }

    /** Started and enabled, with all buffers offered. */
    static FakeCard start(FakeFrontend frontend, int pair, int size) throws LinuxException {
        FakeCard card = new FakeCard(frontend, pair, size);
        for (int i = 0; i < size; i++) {
            card.offer(i);
        }
        frontend.start(card.receive, 0);
        frontend.start(card.transmit, 0);
        frontend.enable(card.receive.index(), true);
        frontend.enable(card.transmit.index(), true);
        return card;
    }

    FakeRing receiveRing() {
        return receive;
    }

    FakeRing transmitRing() {
        return transmit;
    }

    /** Offers a receive buffer. */
    void offer(int buffer) {
        receive.descriptor(buffer, ram.guest(receiveData + (long) buffer * BUFFER), BUFFER, FakeRing.WRITE, 0);
        receive.offer(buffer);
    }

    /** Sends and waits until the buffer is back. */
    void send(byte[] frame) throws LinuxException {
        offerFrame(frame);
        transmit.awaitUsed();
    }

    /** Sends; the caller sees to it that there is a buffer. */
    void offerFrame(byte[] frame) {
        int buffer = sent++ % size;
        long at = transmitData + (long) buffer * BUFFER;
        ram.fill(at, HEADER, 0);
        ram.put(at + HEADER, frame);
        transmit.descriptor(buffer, ram.guest(at), HEADER + frame.length, 0, 0);
        transmit.offer(buffer);
    }

    /** The next frame; its buffer is offered again. */
    byte[] await() throws LinuxException {
        FakeRing.Used used = receive.awaitUsed();
        byte[] frame = ram.get(receiveData + (long) used.head() * BUFFER + HEADER, (int) used.length() - HEADER);
        offer(used.head());
        return frame;
    }
}
