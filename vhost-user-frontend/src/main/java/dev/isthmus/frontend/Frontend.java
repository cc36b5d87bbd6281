package dev.isthmus.frontend;

import dev.isthmus.linux.OwnedFd;
import dev.isthmus.linux.UnixSocket;
import dev.isthmus.vhostuser.ConfigLayout;
import dev.isthmus.vhostuser.FrontendRequest;
import dev.isthmus.vhostuser.Limits;
import dev.isthmus.vhostuser.ProtocolFeature;
import dev.isthmus.vhostuser.VringStateLayout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A connection to a vhost-user back-end, whatever its device. One thread uses it.
 *
 * <pre>
 *   connect ──► negotiate ──► share memory ──► start vrings ──► their virtqueues ──► stop vrings ──► close
 * </pre>
 *
 * <p>Methods wait for the back-end, but not longer than the timeout. An {@link IOException} means that the connection
 * is of no use any more, with one exception that is named.
 */
public final class Frontend implements AutoCloseable {
    static final Set<ProtocolFeature> KNOWN = Set.of(ProtocolFeature.MQ, ProtocolFeature.REPLY_ACK,
            ProtocolFeature.BACKEND_REQ, ProtocolFeature.CONFIG, ProtocolFeature.CONFIGURE_MEM_SLOTS);

    private final BackendConnection connection;
    private final List<SharedMemory> regions = new ArrayList<>();
    private long offered;
    private long protocolFeatures;
    private int queues = 1;

    private Frontend(BackendConnection connection) {
        this.connection = connection;
    }

    /**
     * Connects and learns what the back-end offers.
     *
     * @param timeout for each answer of the back-end; GET_VRING_BASE waits for the device's requests
     */
    public static Frontend connect(Path socket, Duration timeout) throws IOException {
        return over(UnixSocket.connect(socket.toString(), Math.max(1, timeout.toMillis())), timeout);
    }

    /** The same over a connected socket, which it takes over. */
    public static Frontend over(UnixSocket socket, Duration timeout) throws IOException {
        return over(socket, timeout, KNOWN);
    }

    /** One that knows less, for tests. */
    static Frontend over(UnixSocket socket, Duration timeout, Collection<ProtocolFeature> known) throws IOException {
        Frontend frontend = new Frontend(new BackendConnection(socket, timeout));
        try {
            frontend.introduce(ProtocolFeature.masks(known));
            return frontend;
        } catch (IOException e) {
            frontend.close();
            throw e;
        }
    }

    private void introduce(long knownProtocolFeatures) throws IOException {
        offered = connection.askU64(FrontendRequest.GET_FEATURES);
        if ((offered & ProtocolFeature.FEATURE) != 0) {
            long offeredProtocol = connection.askU64(FrontendRequest.GET_PROTOCOL_FEATURES);
            protocolFeatures = offeredProtocol & knownProtocolFeatures;
            connection.tell(FrontendRequest.SET_PROTOCOL_FEATURES, RequestEncoder.u64(protocolFeatures));
            if (has(ProtocolFeature.REPLY_ACK)) {
                connection.acknowledge();
            }
        }
        connection.tell(FrontendRequest.SET_OWNER, RequestEncoder.nothing());
        if (has(ProtocolFeature.MQ)) {
            long count = connection.askU64(FrontendRequest.GET_QUEUE_NUM);
            // A u64. Those for which messages have no index cannot be used.
            queues = Long.compareUnsigned(count, Limits.QUEUES_MAX) > 0 ? Limits.QUEUES_MAX : (int) count;
        }
    }

    private boolean has(ProtocolFeature feature) {
        return (protocolFeatures & feature.mask()) != 0;
    }

    /** Virtio feature bits the back-end offers. */
    public long offeredFeatures() {
        return offered & ~ProtocolFeature.FEATURE;
    }

    /** Queues the back-end has at most; 1 when it does not say. */
    public int queueCount() {
        return queues;
    }

    /**
     * Accepts those of {@code wanted} that are offered.
     *
     * @return the negotiated virtio feature bits
     */
    public long negotiate(long wanted) throws IOException {
        long negotiated = offeredFeatures() & wanted;
        connection.tell(FrontendRequest.SET_FEATURES,
                RequestEncoder.u64(negotiated | offered & ProtocolFeature.FEATURE));
        return negotiated;
    }

    /**
     * A part of the device's configuration space.
     *
     * @param offset of its first byte
     * @param length 1 to 256 bytes
     * @throws IOException also when the back-end has no such part; the connection can be used further then
     */
    public byte[] configuration(int offset, int length) throws IOException {
        expectConfig();
        FrontendRequest request = FrontendRequest.GET_CONFIG;
        byte[] reply = connection.ask(request, RequestEncoder.config(offset, new byte[length]));
        if (reply.length == 0) {
            throw new BackendException("the back-end has no configuration space of " + length + " bytes at " + offset);
        }
        connection.expectSize(request, reply, ConfigLayout.BYTES + length);
        return Arrays.copyOfRange(reply, ConfigLayout.CONTENTS, reply.length);
    }

    /** Writes a part of the device's configuration space, as a driver does. */
    public void writeConfiguration(int offset, byte[] contents) throws IOException {
        expectConfig();
        connection.tell(FrontendRequest.SET_CONFIG, RequestEncoder.config(offset, contents));
    }

    private void expectConfig() throws BackendException {
        if (!has(ProtocolFeature.CONFIG)) {
            throw new BackendException("the back-end does not offer its configuration space");
        }
    }

    /**
     * Gives the back-end a socket for requests of its own.
     *
     * @return our end, the caller's; empty when the back-end has none to make
     */
    public Optional<BackendRequests> openBackendRequests() throws IOException {
        if (!has(ProtocolFeature.BACKEND_REQ)) {
            return Optional.empty();
        }
        List<UnixSocket> pair = UnixSocket.pair();
        try (UnixSocket theirs = pair.get(1)) {
            connection.tell(FrontendRequest.SET_BACKEND_REQ_FD, RequestEncoder.nothing(), theirs.fd());
            return Optional.of(BackendRequests.over(pair.get(0)));
        } catch (IOException e) {
            pair.get(0).close();
            throw e;
        }
    }

    /** Lets the back-end map a region, which stays the caller's and outlives this connection. */
    public void share(SharedMemory region) throws IOException {
        regions.add(region);
        if (has(ProtocolFeature.CONFIGURE_MEM_SLOTS)) {
            connection.tell(FrontendRequest.ADD_MEM_REG, RequestEncoder.region(region), region.file());
        } else {
            connection.tell(FrontendRequest.SET_MEM_TABLE, RequestEncoder.memoryTable(regions),
                    regions.stream().map(SharedMemory::file).toArray(OwnedFd[]::new));
        }
        settle();
    }

    /**
     * Starts a vring and enables it. Its memory is shared and the features are negotiated before.
     *
     * @param index below {@link #queueCount}
     * @param queue nobody has used it yet
     * @param call the eventfd by which the back-end notifies; stays the caller's, who may give several vrings the same
     * @return to be stopped before this connection is closed
     */
    public FrontendVring start(int index, SplitDriverVirtqueue queue, OwnedFd call) throws IOException {
        FrontendVring vring = FrontendVring.create(this, index);
        try {
            connection.tell(FrontendRequest.SET_VRING_NUM, RequestEncoder.vringState(index, queue.size()));
            connection.tell(FrontendRequest.SET_VRING_BASE, RequestEncoder.vringState(index, queue.base()));
            connection.tell(FrontendRequest.SET_VRING_ADDR, RequestEncoder.vringAddress(index, queue));
            connection.tell(FrontendRequest.SET_VRING_ERR, RequestEncoder.vringFd(index), vring.err());
            connection.tell(FrontendRequest.SET_VRING_CALL, RequestEncoder.vringFd(index), call);
            connection.tell(FrontendRequest.SET_VRING_KICK, RequestEncoder.vringFd(index), vring.kickFd());
            if ((offered & ProtocolFeature.FEATURE) != 0) {
                connection.tell(FrontendRequest.SET_VRING_ENABLE, RequestEncoder.vringState(index, 1));
            }
            settle();
            return vring;
        } catch (IOException e) {
            vring.close();
            throw e;
        }
    }

    /** GET_VRING_BASE: when it returns, the back-end leaves the ring alone. The index at which it would go on. */
    int stop(int index) throws IOException {
        FrontendRequest request = FrontendRequest.GET_VRING_BASE;
        byte[] reply = connection.ask(request, RequestEncoder.vringState(index, 0));
        connection.expectSize(request, reply, VringStateLayout.BYTES);
        ByteBuffer state = ByteBuffer.wrap(reply).order(ByteOrder.nativeOrder());
        int base = state.getInt(VringStateLayout.NUM);
        if (state.getInt(VringStateLayout.INDEX) != index || base < 0 || base > VringStateLayout.BASE_MAX) {
            throw connection.broken("the back-end's reply to " + request + " for queue " + index + " says queue "
                    + Integer.toUnsignedString(state.getInt(VringStateLayout.INDEX)) + ", base "
                    + Integer.toUnsignedString(base));
        }
        return base;
    }

    /**
     * Whether the back-end has ended the connection, or says what nobody asked. A look, one system call; does not wait.
     */
    public boolean isGone() {
        return connection.isGone();
    }

    /** Readable when {@link #isGone} is worth a look; a number for poll(2), not after closing. */
    public int descriptor() {
        return connection.descriptor();
    }

    /** Messages are handled in order: without acknowledgements, any answer says that all before it are. */
    private void settle() throws IOException {
        if (!connection.isAcknowledged()) {
            connection.askU64(FrontendRequest.GET_FEATURES);
        }
    }

    /** Ends the connection; the back-end forgets its vrings and regions, some time later. */
    @Override
    public void close() {
        connection.close();
    }
}
