package dev.isthmus.net;

import dev.isthmus.device.DeviceMessages;
import dev.isthmus.device.VirtioDevice;
import dev.isthmus.device.VringContext;
import dev.isthmus.device.VringHandler;
import dev.isthmus.device.Wakeup;
import dev.isthmus.net.uplink.Uplink;
import dev.isthmus.net.uplink.UplinkAbilities;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The virtio network device: virtio 1.3, 5.1. Threads as {@link VirtioDevice} says.
 *
 * <pre>
 *   ring 0: receiveq1, 1: transmitq1, 2: receiveq2, ...  2N: controlq (2 without VIRTIO_NET_F_MQ)
 * </pre>
 */
public final class NetDevice implements VirtioDevice {
    private static final Logger LOG = LoggerFactory.getLogger(NetDevice.class);
    private static final int RINGS_OF_A_PAIR = 2;
    private static final Wakeup NOBODY = () -> {};

    private final String name;
    private final int queuePairs;
    private final int mtu;
    private final Uplink uplink;
    private final long features;
    private final List<QueuePair> pairs;
    private final List<NetQueueCounters> counters;
    private final ControlCounters control = new ControlCounters();

    /** What the front-end said the guest was told; 0: it did not say. */
    private volatile int frontendMtu;
    private volatile byte[] mac = new byte[NetConfig.MAC_BYTES];
    /** Pairs the driver has asked for; all, unless it asks us. */
    private volatile int activePairs;
    private final AtomicReference<byte @Nullable []> announcement = new AtomicReference<>();
    private volatile @Nullable Wakeup announcer;
    /** By pair; nobody while the device is stopped. */
    private final AtomicReferenceArray<Wakeup> receivers;

    private NetDevice(String name, NetDeviceOptions options, Uplink uplink) {
        UplinkAbilities abilities = uplink.abilities();
        this.name = name;
        this.queuePairs = options.queuePairs();
        this.uplink = uplink;
        this.mtu = options.mtu() != 0 ? options.mtu() : abilities.mtu();
        this.features = NetFeatures.offered(abilities, queuePairs);
        this.pairs = IntStream.range(0, queuePairs).mapToObj(i -> new QueuePair(name, uplink, i)).toList();
        this.counters = IntStream.range(0, RINGS_OF_A_PAIR * queuePairs).mapToObj(i -> new NetQueueCounters())
                .toList();
        this.activePairs = queuePairs;
        this.receivers = new AtomicReferenceArray<>(queuePairs);
        forgetReceivers();
    }

    private void forgetReceivers() {
        for (int i = 0; i < queuePairs; i++) {
            receivers.set(i, NOBODY);
        }
    }

    /**
     * A device in front of an uplink, which it owns from now on.
     *
     * @throws IllegalArgumentException if the uplink has not so many queue pairs
     */
    public static NetDevice create(String name, NetDeviceOptions options, Uplink uplink) {
        if (options.queuePairs() > uplink.abilities().queuePairs()) {
            throw new IllegalArgumentException(options.queuePairs() + " queue pairs on an uplink that has "
                    + uplink.abilities().queuePairs());
        }
        return new NetDevice(name, options, uplink);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int queueCount() {
        return RINGS_OF_A_PAIR * queuePairs + 1;
    }

    /** Pairs: QEMU (net/vhost-user.c) and DPDK's virtio-user compare it with theirs. */
    @Override
    public int announcedQueueCount() {
        return queuePairs;
    }

    @Override
    public int workerGroup(int queue) {
        return queue / RINGS_OF_A_PAIR;
    }

    @Override
    public long features() {
        return features;
    }

    /**
     * Not the configuration space: QEMU and DPDK have it themselves. And not the inflight region: used entries keep the
     * ring's order, so the used index tells all. Nor regions of memory one by one: QEMU 7.2 adds each of them once for
     * every queue pair.
     */
    @Override
    public Set<DeviceMessages> messages() {
        return Set.of(DeviceMessages.NETWORK);
    }

    @Override
    public byte[] configuration() {
        return NetConfig.encode(mac, queuePairs, mtu == 0 ? NetDeviceOptions.MTU_MAX : mtu);
    }

    /** All of it is read-only for the driver (5.1.4). */
    @Override
    public boolean writeConfiguration(int offset, byte[] bytes) {
        return false;
    }

    /** Nothing in it changes but by the driver itself. */
    @Override
    public void onConfigurationChange(Runnable listener) {}

    @Override
    public void start(long negotiated) {
        activePairs = queuePairs;
    }

    @Override
    public void stop() {
        announcer = null;
        frontendMtu = 0; // the next one says it again before it starts a ring
        forgetReceivers();
        pairs.forEach(QueuePair::close);
    }

    @Override
    public VringHandler openVring(VringContext context) {
        int index = context.index();
        boolean multiqueue = (context.features() & NetFeatures.MQ) != 0;
        boolean controls = (context.features() & NetFeatures.CTRL_VQ) != 0;
        if (index == RINGS_OF_A_PAIR * queuePairs || controls && !multiqueue && index == RINGS_OF_A_PAIR) {
            return new ControlVring(this, context, control);
        }
        QueuePair pair = pairs.get(index / RINGS_OF_A_PAIR);
        if (index % RINGS_OF_A_PAIR == 0) {
            receivers.set(pair.index, context.wakeup());
            return new ReceiveVring(this, pair, context, counters.get(index));
        }
        if (index == 1) {
            announcer = context.wakeup();
        }
        return new TransmitVring(this, pair, context, counters.get(index));
    }

    /** What the uplink carries. */
    @Override
    public boolean guestMtu(long told) {
        int most = uplink.abilities().mtu();
        boolean carried = told >= NetDeviceOptions.MTU_MIN && told <= (most == 0 ? NetDeviceOptions.MTU_MAX : most);
        if (carried) {
            frontendMtu = (int) told;
        } else {
            LOG.warn("{}: the guest is told an MTU of {}, the uplink carries {}", name, told, most);
        }
        return carried;
    }

    @Override
    public void announce(byte[] address) {
        announcement.set(Announcement.frame(address));
        Wakeup worker = announcer;
        if (worker != null) {
            worker.wake();
        }
    }

    public Uplink uplink() {
        return uplink;
    }

    /** One for each receive and transmit ring, by index; the control queue has {@link #control}. */
    public List<NetQueueCounters> counters() {
        return counters;
    }

    public ControlCounters control() {
        return control;
    }

    @Override
    public void close() throws IOException {
        uplink.close();
    }

    // Called by handlers on the workers.

    int queuePairs() {
        return queuePairs;
    }

    /** Whether frames may be received on a pair (5.1.6.5.5: not before the driver has asked for it). */
    boolean isActive(int pair) {
        return pair < activePairs;
    }

    /** Each receive ring's worker finds out when it looks, and is woken to do so. */
    void activePairs(int wanted) {
        activePairs = wanted;
        for (int i = 0; i < queuePairs; i++) {
            receivers.get(i).wake();
        }
    }

    void mac(byte[] address) {
        mac = address;
    }

    boolean hasAnnouncement() {
        return announcement.get() != null;
    }

    byte @Nullable [] takeAnnouncement() {
        return announcement.getAndSet(null);
    }

    /** Largest frame that is not segmented and may be passed to a driver with these features (5.1.4.1). */
    long plainBytesMax(long negotiated) {
        int told = frontendMtu != 0 ? frontendMtu : mtu;
        boolean limited = (negotiated & NetFeatures.MTU) != 0 && told != 0;
        return limited ? told + Limits.ETHERNET_HEADER_BYTES + Limits.VLAN_TAGS_BYTES : Limits.FRAME_BYTES_MAX;
    }
}
