package dev.isthmus.vhostuser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.OwnedFd;
import dev.isthmus.linux.UnixSocket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A front-end: connects, speaks as QEMU or libblkio does, has memory and rings. Writes message bytes from the tables of
 * the vhost-user specification, at its own offsets. One thread uses it.
 *
 * <pre>
 *   its memory      0 ring 0     RING_BYTES ring 1 ...           DATA places of ring 0   + DATA_BYTES of ring 1 ...
 * </pre>
 */
public final class FakeFrontend implements AutoCloseable {
    /** Whose habits it has. */
    public enum Style {
        /** SET_MEM_TABLE; asks for an acknowledgement where it needs one. */
        QEMU,
        /** ADD_MEM_REG; need_reply on every message after SET_PROTOCOL_FEATURES. */
        LIBBLKIO
    }

    /** A message as it came. */
    public record Message(int code, int flags, byte[] payload) {
        public long u64() {
            assertThat(payload).hasSize(8);
            return ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN).getLong();
        }
    }

    public static final long RAM_GUEST = 0x10_0000;
    public static final long RAM_USER = 0x7f12_3456_0000L;
    public static final long RAM_BYTES = 32 << 20;
    private static final long RING_BYTES = 1 << 16;
    private static final long DATA = 1 << 20;
    private static final long DATA_BYTES = 3 << 20;

    private final UnixSocket socket;
    private final Style style;
    private final List<AutoCloseable> owned = new ArrayList<>();
    private final List<FakeRing> rings = new ArrayList<>();
    private final SharedRam ram;
    private boolean protocolFeaturesSet;
    /** Whether the back-end takes regions one by one; libblkio's way is to try that. */
    private boolean addsRegions = true;
    private long features;

    private FakeFrontend(UnixSocket socket, Style style) throws LinuxException {
        this.socket = socket;
        this.style = style;
        this.ram = SharedRam.allocate(RAM_GUEST, RAM_USER, RAM_BYTES);
        owned.add(ram);
    }

    public static FakeFrontend connect(Path path, Style style) throws LinuxException {
        return new FakeFrontend(UnixSocket.connect(path.toString()), style);
    }

    /** Takes over a connected socket. */
    public static FakeFrontend over(UnixSocket socket, Style style) throws LinuxException {
        return new FakeFrontend(socket, style);
    }

    public SharedRam ram() {
        return ram;
    }

    // Messages.

    public void send(int code, int flags, byte[] payload, OwnedFd... fds) throws LinuxException {
        sendBytes(Wire.message(code, flags, payload), fds);
    }

    public void sendBytes(byte[] bytes, OwnedFd... fds) throws LinuxException {
        socket.send(bytes, List.of(fds));
    }

    public Message receive() throws LinuxException {
        return receive(socket);
    }

    /** Waits for a whole message; fails if it is none or brings descriptors. */
    public static Message receive(UnixSocket from) throws LinuxException {
        ByteBuffer header = read(from, 12);
        int code = header.getInt();
        int flags = header.getInt();
        return new Message(code, flags, read(from, header.getInt()).array());
    }

    private static ByteBuffer read(UnixSocket from, int length) throws LinuxException {
        byte[] bytes = new byte[length];
        List<OwnedFd> fds = new ArrayList<>();
        int filled = 0;
        while (filled < length) {
            int received = from.receive(bytes, filled, length - filled, fds);
            if (received == 0) {
                throw new AssertionError("the back-end closed the connection; expected were " + length + " bytes");
            }
            filled += received;
        }
        assertThat(fds).isEmpty();
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Sends a request that has a reply, and checks the reply's header. */
    public Message ask(int code, byte[] payload) throws LinuxException {
        send(code, 1 | (style == Style.LIBBLKIO && protocolFeaturesSet ? 8 : 0), payload);
        return reply(code);
    }

    private Message reply(int code) throws LinuxException {
        Message reply = receive();
        assertThat(reply.code()).isEqualTo(code);
        assertThat(reply.flags()).as("flags of the reply to %d", code).isEqualTo(5);
        return reply;
    }

    public long askU64(int code) throws LinuxException {
        return ask(code, new byte[0]).u64();
    }

    /** Sends with need_reply; whether the back-end did it. */
    public boolean tell(int code, byte[] payload, OwnedFd... fds) throws LinuxException {
        send(code, 9, payload, fds);
        return reply(code).u64() == 0;
    }

    /** Sends with need_reply if REPLY_ACK can be in force, and insists on success. */
    public void set(int code, byte[] payload, OwnedFd... fds) throws LinuxException {
        if (protocolFeaturesSet) {
            assertThat(tell(code, payload, fds)).as("message %d succeeds", code).isTrue();
        } else {
            send(code, 1, payload, fds);
        }
    }

    public boolean isClosedByPeer() throws LinuxException {
        try {
            return socket.receive(new byte[1], 0, 1, new ArrayList<>()) == 0;
        } catch (LinuxException e) {
            return true;
        }
    }

    // The handshake.

    /** Everything before memory and rings, with these features and those the queue needs anyway. */
    public FakeFrontend negotiate(long wanted) throws LinuxException {
        long offered = askU64(Code.GET_FEATURES);
        features = wanted | Code.VERSION_1 | Code.PROTOCOL_FEATURES;
        assertThat(features & ~offered).as("features not offered").isZero();
        if (style == Style.LIBBLKIO) {
            set(Code.SET_OWNER, new byte[0]);
            set(Code.SET_FEATURES, Wire.payload().u64(features).bytes());
        }
        long protocol = askU64(Code.GET_PROTOCOL_FEATURES);
        addsRegions = (protocol & Code.CONFIGURE_MEM_SLOTS) != 0;
        set(Code.SET_PROTOCOL_FEATURES, Wire.payload().u64(protocol & (style == Style.LIBBLKIO
                ? Code.MQ | Code.REPLY_ACK | Code.CONFIG | Code.CONFIGURE_MEM_SLOTS
                : Code.MQ | Code.REPLY_ACK | Code.CONFIG | Code.CONFIGURE_MEM_SLOTS | Code.BACKEND_REQ
                        | Code.INFLIGHT_SHMFD)).bytes());
        protocolFeaturesSet = true;
        if (style == Style.QEMU) {
            set(Code.SET_OWNER, new byte[0]);
            set(Code.SET_FEATURES, Wire.payload().u64(features).bytes());
        }
        return this;
    }

    /** These protocol features and no device feature. */
    public FakeFrontend negotiateWith(long protocol) throws LinuxException {
        features = Code.VERSION_1 | Code.PROTOCOL_FEATURES;
        assertThat(protocol & ~askU64(Code.GET_PROTOCOL_FEATURES)).as("protocol features not offered").isZero();
        set(Code.SET_PROTOCOL_FEATURES, Wire.payload().u64(protocol).bytes());
        protocolFeaturesSet = true;
        set(Code.SET_OWNER, new byte[0]);
        set(Code.SET_FEATURES, Wire.payload().u64(features).bytes());
        return this;
    }

    /** As before there were protocol features: nothing of them is negotiated. */
    public FakeFrontend negotiateWithoutProtocolFeatures(long wanted) throws LinuxException {
        features = wanted | Code.VERSION_1;
        set(Code.SET_OWNER, new byte[0]);
        set(Code.SET_FEATURES, Wire.payload().u64(features).bytes());
        return this;
    }

    public FakeFrontend shareRam() throws LinuxException {
        if (style == Style.QEMU || !addsRegions) {
            setMemTable(ram);
        } else {
            addRegion(ram);
        }
        return this;
    }

    public void setMemTable(SharedRam... regions) throws LinuxException {
        Wire table = Wire.payload().u32(regions.length).u32(0);
        OwnedFd[] fds = new OwnedFd[regions.length];
        for (int i = 0; i < regions.length; i++) {
            table.raw(regions[i].region());
            fds[i] = regions[i].file();
        }
        set(Code.SET_MEM_TABLE, table.bytes(), fds);
    }

    public void addRegion(SharedRam region) throws LinuxException {
        set(Code.ADD_MEM_REG, Wire.payload().u64(0).raw(region.region()).bytes(), region.file());
    }

    /** Whether the back-end knew it. libblkio sends the descriptor here too. */
    public boolean removeRegion(SharedRam region) throws LinuxException {
        byte[] payload = Wire.payload().u64(0).raw(region.region()).bytes();
        return style == Style.LIBBLKIO
                ? tell(Code.REM_MEM_REG, payload, region.file())
                : tell(Code.REM_MEM_REG, payload);
    }

    // Rings.

    /** A ring in this front-end's memory; the back-end does not know it yet. */
    public FakeRing ring(int index, int size) throws LinuxException {
        FakeRing ring = new FakeRing(ram, index * RING_BYTES, index, size, (features & Code.EVENT_IDX) != 0);
        rings.add(ring);
        owned.add(ring);
        return ring;
    }

    /** NUM, BASE, ADDR, KICK, CALL, ERR: the ring is started then. */
    public void start(FakeRing ring, int base) throws LinuxException {
        configure(ring, base);
        set(Code.SET_VRING_KICK, vringFd(ring.index()), ring.kick());
        set(Code.SET_VRING_CALL, vringFd(ring.index()), ring.call());
        if (style == Style.QEMU) {
            set(Code.SET_VRING_ERR, vringFd(ring.index()), ring.err());
        }
    }

    /** NUM, BASE, ADDR. */
    public void configure(FakeRing ring, int base) throws LinuxException {
        set(Code.SET_VRING_NUM, state(ring.index(), ring.size()));
        set(Code.SET_VRING_BASE, state(ring.index(), base));
        set(Code.SET_VRING_ADDR, addresses(ring));
    }

    public static byte[] addresses(FakeRing ring) {
        return Wire.payload().u32(ring.index()).u32(0).u64(ring.descriptorsUser()).u64(ring.usedUser())
                .u64(ring.availableUser()).u64(0).bytes();
    }

    public void enable(int index, boolean enable) throws LinuxException {
        set(Code.SET_VRING_ENABLE, state(index, enable ? 1 : 0));
    }

    /** Stops the ring; where to go on. */
    public int getVringBase(int index) throws LinuxException {
        byte[] payload = ask(Code.GET_VRING_BASE, state(index, 0)).payload();
        ByteBuffer reply = ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(payload).hasSize(8);
        assertThat(reply.getInt()).isEqualTo(index);
        return reply.getInt();
    }

    /** A started and enabled ring with places for requests. */
    public FakeDisk startDisk(int index, int size) throws LinuxException {
        FakeRing ring = ring(index, size);
        start(ring, 0);
        enable(index, true);
        return disk(ring);
    }

    public FakeDisk disk(FakeRing ring) {
        return new FakeDisk(ring, ram, DATA + ring.index() * DATA_BYTES, 8192);
    }

    public static byte[] state(int index, long num) {
        return Wire.payload().u32(index).u32(num).bytes();
    }

    public static byte[] vringFd(int index) {
        return Wire.payload().u64(index).bytes();
    }

    public static byte[] noVringFd(int index) {
        return Wire.payload().u64(index | Code.NO_FD).bytes();
    }

    /** GET_CONFIG; the whole reply. */
    public Message getConfig(long offset, int size) throws LinuxException {
        return ask(Code.GET_CONFIG, Wire.payload().u32(offset).u32(size).u32(0).raw(new byte[size]).bytes());
    }

    /** SET_CONFIG as the driver's write; whether it was taken. */
    public boolean setConfig(long offset, byte... contents) throws LinuxException {
        return tell(Code.SET_CONFIG,
                Wire.payload().u32(offset).u32(contents.length).u32(0).raw(contents).bytes());
    }

    /** Opens the back-end's channel; what the back-end sends comes from the result, which the caller closes. */
    public UnixSocket openBackendChannel() throws LinuxException {
        List<UnixSocket> pair = UnixSocket.pair();
        try (UnixSocket theirs = pair.get(1)) {
            set(Code.SET_BACKEND_REQ_FD, new byte[0], theirs.fd());
        }
        return pair.get(0);
    }

    public UnixSocket socket() {
        return socket;
    }

    /** Goes away, without a word. */
    @Override
    public void close() {
        socket.close();
        for (AutoCloseable resource : owned) {
            try {
                resource.close();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
    }
}
