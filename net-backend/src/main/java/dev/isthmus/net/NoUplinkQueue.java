package dev.isthmus.net;

import dev.isthmus.net.uplink.UplinkQueue;

/** Stands for an uplink that could not be opened. */
final class NoUplinkQueue implements UplinkQueue {
    @Override
    public int descriptor() {
        return NO_DESCRIPTOR;
    }

    @Override
    public int send(long iovecs, int count, int bytes) {
        return DOWN;
    }

    @Override
    public int receive(long iovecs, int count) {
        return NOTHING;
    }

    @Override
    public void close() {}
}
