package dev.isthmus.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.device.VringContext;
import dev.isthmus.device.VringHandler;
import dev.isthmus.net.uplink.Uplink;
import dev.isthmus.virtqueue.Buffer;
import dev.isthmus.virtqueue.Chain;
import dev.isthmus.virtqueue.FakeDriver;
import dev.isthmus.virtqueue.SplitVirtqueue;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A network device, its first two rings and their driver, all on the test's thread. Numbers are those of virtio 1.3,
 * 5.1, written down anew.
 */
final class NetRig implements AutoCloseable {
    static final long F_CSUM = 1L;
    static final long F_GUEST_CSUM = 1L << 1;
    static final long F_MTU = 1L << 3;
    static final long F_GUEST_TSO4 = 1L << 7;
    static final long F_GUEST_TSO6 = 1L << 8;
    static final long F_GUEST_ECN = 1L << 9;
    static final long F_HOST_TSO4 = 1L << 11;
    static final long F_HOST_TSO6 = 1L << 12;
    static final long F_HOST_ECN = 1L << 13;
    static final long F_MRG_RXBUF = 1L << 15;
    static final long F_CTRL_VQ = 1L << 17;
    static final long F_CTRL_RX = 1L << 18;
    static final long F_GUEST_ANNOUNCE = 1L << 21;
    static final long F_MQ = 1L << 22;
    static final long F_CTRL_MAC_ADDR = 1L << 23;

    static final int NEEDS_CSUM = 1;
    static final int TCPV4 = 1;
    static final int UDP = 3;
    static final int TCPV6 = 4;
    static final int ECN = 0x80;
    static final int HEADER = 12;

    final FakeDriver receive;
    final FakeDriver transmit;
    final NetDevice device;
    private final SplitVirtqueue receiveQueue;
    private final SplitVirtqueue transmitQueue;
    private final VringHandler receiver;
    private final VringHandler transmitter;
    private int receivedChains;

    private NetRig(NetDevice device, long features, int queueSize) {
        this.device = device;
        receive = FakeDriver.withQueueSize(queueSize);
        transmit = FakeDriver.withQueueSize(queueSize);
        device.start(features);
        receiveQueue = receive.start(features);
        transmitQueue = transmit.start(features);
        receiver = device.openVring(new VringContext(0, receiveQueue, features, () -> {}, null));
        transmitter = device.openVring(new VringContext(1, transmitQueue, features, () -> {}, null));
        enable(true);
    }

    /** Of what is offered, these are negotiated. */
    static NetRig with(Uplink uplink, long wanted) {
        return with(uplink, wanted, 128);
    }

    static NetRig with(Uplink uplink, long wanted, int queueSize) {
        return with(uplink, wanted, queueSize, 0);
    }

    static NetRig withMtu(Uplink uplink, long wanted, int mtu) {
        return with(uplink, wanted, 128, mtu);
    }

    private static NetRig with(Uplink uplink, long wanted, int queueSize, int mtu) {
        NetDevice device = NetDevice.create("card", new NetDeviceOptions(1, mtu), uplink);
        return new NetRig(device, device.features() & wanted | FakeDriver.WITH_NOTHING | FakeDriver.WITH_INDIRECT
                | wanted & FakeDriver.WITH_EVENT_IDX, queueSize);
    }

    /** A driver that knows neither VERSION_1 nor any feature of the device. */
    static NetRig legacy(Uplink uplink) {
        return new NetRig(NetDevice.create("card", new NetDeviceOptions(1, 0), uplink), 0, 128);
    }

    void enable(boolean on) {
        receiver.setEnabled(on);
        transmitter.setEnabled(on);
    }

    /** flags, gso_type, hdr_len, gso_size, csum_start, csum_offset, num_buffers. */
    static byte[] header(int flags, int gsoType, int hdrLen, int gsoSize, int csumStart, int csumOffset) {
        return ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN).put((byte) flags).put((byte) gsoType)
                .putShort((short) hdrLen).putShort((short) gsoSize).putShort((short) csumStart)
                .putShort((short) csumOffset).array();
    }

    static byte[] header() {
        return new byte[HEADER];
    }

    /** A frame whose bytes tell where they belong. */
    static byte[] frame(int bytes, int seed) {
        byte[] frame = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            frame[i] = (byte) (i * 31 + (i >> 8) * 7 + seed);
        }
        return frame;
    }

    /** One turn of the worker. */
    int turn() {
        int work = transmitter.takeAvailable(32);
        if (transmitter.hasCompletions()) {
            work += transmitter.takeCompletions();
        }
        transmitQueue.publish();
        work += receiver.takeAvailable(32);
        receiveQueue.publish();
        return work;
    }

    /** What a worker does before it sleeps and when it finds work. */
    void rest() {
        transmitQueue.awaitNotification();
        transmitQueue.suppressNotifications();
        receiveQueue.suppressNotifications();
    }

    /** Sends a frame and returns its chain, handed back. */
    Chain sent(Buffer... buffers) {
        Chain chain = transmit.offer(buffers);
        turn();
        assertThat(transmit.takeUsed()).isSameAs(chain);
        return chain;
    }

    /** The bytes of the next frame, header and all, from as many chains as num_buffers says. */
    byte[] received() {
        var bytes = new ByteArrayOutputStream();
        int buffers = 1;
        for (int i = 0; i < buffers; i++) {
            int length = (int) receive.usedLength(receivedChains++);
            bytes.writeBytes(Arrays.copyOf(receive.takeUsed().written(), length));
            if (i == 0) {
                buffers = numBuffers(bytes.toByteArray());
            }
        }
        return bytes.toByteArray();
    }

    static int numBuffers(byte[] header) {
        return u16(header, 10);
    }

    static int u16(byte[] bytes, int at) {
        return Short.toUnsignedInt(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getShort(at));
    }

    long drops(int ring, DropCause cause) {
        return device.counters().get(ring).drops(cause).get();
    }

    VringHandler receiver() {
        return receiver;
    }

    VringHandler transmitter() {
        return transmitter;
    }

    SplitVirtqueue receiveQueue() {
        return receiveQueue;
    }

    SplitVirtqueue transmitQueue() {
        return transmitQueue;
    }

    @Override
    public void close() {
        receiver.letGo();
        transmitter.letGo();
        receiver.close();
        transmitter.close();
        receiveQueue.close();
        transmitQueue.close();
        device.stop();
        try {
            device.close();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } finally {
            receive.close();
            transmit.close();
        }
    }
}
