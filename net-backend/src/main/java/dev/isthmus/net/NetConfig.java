package dev.isthmus.net;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** {@code struct virtio_net_config}: virtio 1.3, 5.1.4; {@code linux/virtio_net.h}. */
final class NetConfig {
    static final int MAC = 0;
    static final int MAC_BYTES = 6;
    static final int STATUS = 6;
    static final int MAX_VIRTQUEUE_PAIRS = 8;
    static final int MTU = 10;
    static final int BYTES = 12;

    private NetConfig() {}

    /** Neither MAC nor STATUS is offered: the address is the front-end's, which also knows of the link. */
    static byte[] encode(byte[] mac, int queuePairs, int mtu) {
        return ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN)
                .put(MAC, mac)
                .putShort(MAX_VIRTQUEUE_PAIRS, (short) queuePairs)
                .putShort(MTU, (short) mtu)
                .array();
    }
}
