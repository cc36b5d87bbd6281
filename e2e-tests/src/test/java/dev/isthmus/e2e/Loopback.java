package dev.isthmus.e2e;

/** A back-end that gives back what it gets: ours, or testpmd. */
interface Loopback extends AutoCloseable {

    /** One that serves a card, whose front-end may connect. */
    static Loopback open(Card card) throws Exception {
        return BackendProcess.isPeer() ? new Peer(card) : new Ours(card.withUplink("uplink=loopback"));
    }

    /** Frames received from the front-end, and sent to it. */
    Testpmd.Counts counts() throws Exception;

    /** Whether this pair has given back something. */
    boolean moves(int pair) throws Exception;

    @Override
    void close();

    /** In a network namespace, although it has nothing to do with one. */
    final class Ours implements Loopback {

        private final NetworkNamespace network;
        private final NetBackend backend;

        Ours(Card card) throws Exception {
            network = NetworkNamespace.create();
            backend = NetBackend.serve(network, card);
        }

        @Override
        public Testpmd.Counts counts() throws Exception {
            return new Testpmd.Counts(backend.frames(true), backend.frames(false));
        }

        @Override
        public boolean moves(int pair) throws Exception {
            return backend.metric("isthmus_net_frames_total", "direction=\"receive\"", "queue=\"" + pair + "\"") > 0;
        }

        @Override
        public void close() {
            backend.close();
            network.close();
        }
    }

    /** DPDK's vhost driver. */
    final class Peer implements Loopback {

        private final Testpmd backend;

        Peer(Card card) throws Exception {
            backend = Testpmd.backend(card.socket(), card.queuePairs());
            backend.command("set fwd io");
            backend.command("start");
        }

        @Override
        public Testpmd.Counts counts() throws Exception {
            return backend.counts();
        }

        @Override
        public boolean moves(int pair) throws Exception {
            return backend.counts().sent() > 0;
        }

        @Override
        public void close() {
            backend.close();
        }
    }
}
