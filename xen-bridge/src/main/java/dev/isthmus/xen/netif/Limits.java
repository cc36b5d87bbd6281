package dev.isthmus.xen.netif;

import dev.isthmus.frontend.net.NetLayout;
import dev.isthmus.xen.GrantTable;
import dev.isthmus.xen.bridge.SharedRing;

/** Limits of the network rings. */
final class Limits {
    /** Of a card: one thread serves them all. */
    static final int QUEUES_MAX = 4;

    /** One page each, always. */
    static final int RING_ENTRIES = SharedRing.entries(1, NetifLayout.TX_BYTES);

    /** {@code XEN_NETIF_NR_SLOTS_MIN}: requests of a packet in either direction, without its extra infos. */
    static final int SLOTS_MAX = 18;

    /** {@code XEN_NETIF_MAX_TX_SIZE}; also the most IP allows. */
    static final int FRAME_BYTES_MAX = 65535;

    /** Destination, source, type. */
    static final int FRAME_BYTES_MIN = 14;

    /** Of the begin of a frame, made to lie in one piece, so that its headers can be read: as netback's. */
    static final int HEAD_BYTES = 128;

    /** Pages of a frame on its way: one for each slot, the virtio header's, and one where the head was split. */
    static final int PAGES_MAX = SLOTS_MAX + 2;

    /** Of a packet: one for each slot, and one more where the head was split. */
    static final int COPIES_MAX = SLOTS_MAX + 2;

    /** Packets of one queue before it is the next one's turn. */
    static final int PACKETS_PER_TURN = 64;

    /** Copies that are made by one system call. */
    static final int COPIES_PER_BATCH = 512;

    /** Entries of the back-end's queues: what QEMU gives them. */
    static final int QUEUE_SIZE = 256;

    /** For frames to be sent, for each queue: a third of a millisecond at 40 Gbit/s. */
    static final int SEND_PAGES = 512;

    /** For frames received, for each queue: a page for each descriptor of its ring. */
    static final int RECEIVE_PAGES = QUEUE_SIZE;

    /** Frame and header of the most a back-end may send, in whole pages. */
    static final int LARGE_BUFFER_PAGES = (NetLayout.HEADER_BYTES + FRAME_BYTES_MAX) / GrantTable.PAGE_BYTES + 1;

    /** How often to look at a receive ring of a guest that does not say when it has put something there. */
    static final int SILENT_GUEST_MILLIS = 30;

    /** For frames at the back-end when the guest lets go of its card. */
    static final long DRAIN_NANOS = 100_000_000;

    private Limits() {}
}
