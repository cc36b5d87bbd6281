package dev.isthmus.net.uplink;

/** Hands frames through, and shows them to a capture if there is one. Hot path. */
final class CapturingQueue implements UplinkQueue {
    private final UplinkQueue behind;
    private final CapturingUplink uplink;
    private final int pair;

    CapturingQueue(UplinkQueue behind, CapturingUplink uplink, int pair) {
        this.behind = behind;
        this.uplink = uplink;
        this.pair = pair;
    }

    @Override
    public int descriptor() {
        return behind.descriptor();
    }

    @Override
    public void receiving(boolean wanted) {
        behind.receiving(wanted);
    }

    @Override
    public int send(long iovecs, int count, int bytes) {
        int result = behind.send(iovecs, count, bytes);
        Capture capture = uplink.capture();
        if (capture != null && result == SENT) {
            capture.ring(pair).put(iovecs, count, bytes, System.nanoTime());
        }
        return result;
    }

    @Override
    public int receive(long iovecs, int count) {
        int result = behind.receive(iovecs, count);
        Capture capture = uplink.capture();
        if (capture != null && result > HEADER_BYTES) {
            capture.ring(pair).put(iovecs, count, result, System.nanoTime());
        }
        return result;
    }

    @Override
    public void close() {
        behind.close();
    }
}
