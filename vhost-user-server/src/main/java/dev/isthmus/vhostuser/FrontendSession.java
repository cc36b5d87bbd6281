package dev.isthmus.vhostuser;

import dev.isthmus.device.VirtioDevice;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.MemFd;
import dev.isthmus.linux.OwnedFd;
import dev.isthmus.linux.UnixSocket;
import dev.isthmus.memory.InflightMemory;
import dev.isthmus.memory.MemoryException;
import dev.isthmus.memory.MemoryRegionDescription;
import dev.isthmus.memory.MemoryTable;
import dev.isthmus.vhostuser.ProtocolViolation.Rule;
import dev.isthmus.virtqueue.SplitAddresses;
import dev.isthmus.virtqueue.VirtqueueFeatures;
import dev.isthmus.vring.DeviceStartException;
import dev.isthmus.vring.InflightParts;
import dev.isthmus.vring.VringViolation;
import dev.isthmus.vring.Vrings;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One front-end, from its first message to its last: reads, decides, answers, in order. Boring on purpose.
 *
 * <p>{@link #run} belongs to one thread, which owns everything here; {@link #shutdown} and {@link
 * #configurationChanged} are for others.
 */
public final class FrontendSession {
    private static final Logger LOG = LoggerFactory.getLogger(FrontendSession.class);

    private final UnixSocket socket;
    private final VirtioDevice device;
    private final MemoryTable memory;
    private final boolean anyMemoryFile;
    private final Vrings vrings;
    private final ConfigChangeNotifier notifier;
    private final long offeredProtocolFeatures;
    private Negotiated negotiated;
    private boolean warned;

    /** @param socket connected; stays the caller's, who closes it after {@link #run} */
    public FrontendSession(UnixSocket socket, VirtioDevice device, SessionOptions options) {
        this.socket = socket;
        this.device = device;
        this.anyMemoryFile = options.anyMemoryFile();
        this.memory = new MemoryTable(anyMemoryFile);
        this.vrings = new Vrings(device, options.workers(), options.vrings(), options.watchdog(), failure -> {
            options.onWorkerFailure().accept(failure);
            shutdown();
        });
        this.notifier = new ConfigChangeNotifier(device.name());
        this.offeredProtocolFeatures = ProtocolFeature.masks(ProtocolFeature.offered(device.messages()));
        long offered = device.features() | VirtqueueFeatures.ALL | ProtocolFeature.FEATURE;
        this.negotiated = Negotiated.nothing(offered, device.queueCount());
    }

    /**
     * Serves the front-end until it goes away. Whatever happens, its rings are stopped and its memory unmapped
     * afterwards.
     *
     * @throws ProtocolViolation when it was the front-end's fault
     * @throws LinuxException when the socket failed
     * @throws DeviceStartException when the device could not start
     */
    public void run() throws ProtocolViolation, LinuxException, DeviceStartException {
        MessageReader reader = new MessageReader(socket);
        try {
            while (serveOne(reader)) {
                notifier.suspended(vrings.isSuspended());
            }
        } finally {
            end();
        }
    }

    /**
     * Ends {@link #run} after what has come. The front-end does not see the end before its rings have stopped: as soon
     * as it does, it reads the used index, and takes that for the place to go on at.
     */
    public void finish() {
        socket.shutdownReceiving();
    }

    /** Ends {@link #run} soon, also one that waits for a front-end that takes no reply. */
    public void shutdown() {
        socket.shutdown();
    }

    /** The device configuration space has changed by itself: tells the front-end, now or when it may. */
    public void configurationChanged() {
        notifier.configurationChanged();
    }

    private boolean serveOne(MessageReader reader)
            throws ProtocolViolation, LinuxException, DeviceStartException {
        try (Request request = reader.read(negotiated)) {
            if (request == null) {
                return false;
            }
            LOG.debug("{}: {}", device.name(), request);
            Reply reply = handle(request);
            if (vrings.isSuspended()) {
                // Before the reply to the last GET_VRING_BASE, after which the front-end counts on silence; the way
                // back waits until the reply is out.
                notifier.suspended(true);
            }
            if (request.wantsReply(negotiated)) {
                send(request.kind(), reply);
            }
            return true;
        } catch (MemoryException e) {
            throw new ProtocolViolation(Rule.MEMORY_REGION, e.reason());
        } catch (VringViolation e) {
            throw new ProtocolViolation(Rule.VRING, e.reason());
        }
    }

    private void send(FrontendRequest kind, Reply reply) throws LinuxException {
        byte[] bytes = MessageEncoder.encode(kind, reply);
        if (reply instanceof Reply.Inflight inflight) {
            try (OwnedFd fd = inflight.fd()) { // the front-end keeps it from now on
                socket.send(bytes, List.of(fd));
            }
        } else {
            socket.send(bytes, List.of());
        }
    }

    private void end() {
        notifier.close();
        boolean clean = vrings.close();
        if (clean) {
            memory.close();
        } else {
            LOG.error("{}: requests of a failed worker never finished; their guest memory stays mapped", device.name());
        }
    }

    // No default branch: a message added to the sealed interface must fail to compile here.
    private Reply handle(Request request)
            throws ProtocolViolation, MemoryException, VringViolation, LinuxException, DeviceStartException {
        return switch (request.message()) {
            case FrontendMessage.GetFeatures() -> new Reply.U64(negotiated.offeredFeatures());
            case FrontendMessage.SetFeatures(long features) -> setFeatures(features);
            case FrontendMessage.SetOwner() -> new Reply.Ack(true);
            case FrontendMessage.ResetOwner() -> resetOwner();
            case FrontendMessage.SetMemTable(var regions, var fds) -> setMemTable(regions, fds);
            case FrontendMessage.SetVringNum(int index, int num) -> setVringNum(index, num);
            case FrontendMessage.SetVringAddr address -> setVringAddr(address);
            case FrontendMessage.SetVringBase(int index, int base) -> setVringBase(index, base);
            case FrontendMessage.GetVringBase(int index) -> new Reply.VringState(index, vrings.stop(index));
            case FrontendMessage.SetVringKick(int index, var fd) -> setVringKick(index, taken(request, fd));
            case FrontendMessage.SetVringCall(int index, var fd) -> setVringCall(index, taken(request, fd));
            case FrontendMessage.SetVringErr(int index, var fd) -> setVringErr(index, taken(request, fd));
            case FrontendMessage.GetProtocolFeatures() -> new Reply.U64(offeredProtocolFeatures);
            case FrontendMessage.SetProtocolFeatures(long features) -> setProtocolFeatures(features);
            case FrontendMessage.GetQueueNum() -> new Reply.U64(device.announcedQueueCount());
            case FrontendMessage.SetVringEnable(int index, boolean enable) -> setVringEnable(index, enable);
            case FrontendMessage.SendRarp(byte[] mac) -> sendRarp(mac);
            case FrontendMessage.NetSetMtu(long mtu) -> new Reply.Ack(device.guestMtu(mtu));
            case FrontendMessage.SetBackendReqFd(OwnedFd fd) -> setBackendReqFd(request.take(fd));
            case FrontendMessage.GetConfig(long offset, int size, long flags) -> getConfig(offset, size);
            case FrontendMessage.SetConfig(long offset, boolean liveMigration, byte[] contents) ->
                    setConfig(offset, contents);
            case FrontendMessage.GetInflightFd wanted -> getInflightFd(wanted);
            case FrontendMessage.SetInflightFd region -> setInflightFd(region);
            case FrontendMessage.GetMaxMemSlots() -> new Reply.U64(dev.isthmus.memory.Limits.REGIONS_MAX);
            case FrontendMessage.AddMemReg(var region, OwnedFd fd) -> addMemReg(region, fd);
            case FrontendMessage.RemMemReg(var region) -> remMemReg(region);
        };
    }

    private Reply setFeatures(long features) throws ProtocolViolation, VringViolation {
        long unknown = features & ~negotiated.offeredFeatures();
        if (unknown != 0) {
            throw new ProtocolViolation(Rule.FEATURES_NOT_OFFERED,
                    "SET_FEATURES with bits 0x" + Long.toHexString(unknown) + " that were not offered");
        }
        negotiated = negotiated.withFeatures(features);
        vrings.features(features, negotiated.hasProtocolFeatures());
        return new Reply.Ack(true);
    }

    private Reply setProtocolFeatures(long features) throws ProtocolViolation {
        long unknown = features & ~offeredProtocolFeatures;
        if (unknown != 0) {
            throw new ProtocolViolation(Rule.PROTOCOL_FEATURES_NOT_OFFERED,
                    "SET_PROTOCOL_FEATURES with bits 0x" + Long.toHexString(unknown) + " that were not offered");
        }
        negotiated = negotiated.withProtocolFeatures(features);
        return new Reply.Ack(true);
    }

    private Reply resetOwner() {
        vrings.disableAll();
        return new Reply.Ack(true);
    }

    private Reply setMemTable(List<MemoryRegionDescription> regions, List<OwnedFd> fds) throws MemoryException {
        memory.replace(regions, fds);
        publishMemory();
        return new Reply.Ack(true);
    }

    private Reply addMemReg(MemoryRegionDescription region, OwnedFd fd) throws MemoryException {
        memory.add(region, fd);
        publishMemory();
        return new Reply.Ack(true);
    }

    /** A region we do not have is no reason to end: the front-end is told so. */
    private Reply remMemReg(MemoryRegionDescription region) throws MemoryException {
        try {
            memory.remove(region);
        } catch (MemoryException e) {
            if (e.rule() != MemoryException.Rule.UNKNOWN_REGION) {
                throw e;
            }
            warnOnce("REM_MEM_REG: " + e.reason());
            return new Reply.Ack(false);
        }
        publishMemory();
        return new Reply.Ack(true);
    }

    /** Unmapping waits until no request in flight uses what goes away. */
    private void publishMemory() {
        vrings.memory(memory.current(), memory.hasRetired());
        memory.unmapRetired();
    }

    private Reply setVringNum(int index, int num) throws VringViolation, DeviceStartException {
        vrings.size(index, num);
        return new Reply.Ack(true);
    }

    private Reply setVringAddr(FrontendMessage.SetVringAddr message)
            throws VringViolation, DeviceStartException {
        vrings.addresses(message.index(),
                new SplitAddresses(message.descriptor(), message.available(), message.used()));
        return new Reply.Ack(true);
    }

    private Reply setVringBase(int index, int base) throws VringViolation {
        vrings.base(index, base);
        return new Reply.Ack(true);
    }

    private Reply setVringKick(int index, @Nullable OwnedFd kick) throws VringViolation, DeviceStartException {
        vrings.kick(index, kick);
        return new Reply.Ack(true);
    }

    private Reply setVringCall(int index, @Nullable OwnedFd call) throws VringViolation {
        vrings.call(index, call);
        return new Reply.Ack(true);
    }

    private Reply setVringErr(int index, @Nullable OwnedFd err) throws VringViolation {
        vrings.err(index, err);
        return new Reply.Ack(true);
    }

    private Reply setVringEnable(int index, boolean enable) {
        vrings.enable(index, enable);
        return new Reply.Ack(true);
    }

    private Reply sendRarp(byte[] mac) {
        device.announce(mac);
        return new Reply.Ack(true);
    }

    private Reply setBackendReqFd(OwnedFd fd) {
        notifier.open(fd, negotiated.has(ProtocolFeature.CONFIG));
        return new Reply.Ack(true);
    }

    /** Zeroes, which means that no ring has used it yet. Its size is final: nobody can take it away under a worker. */
    private static Reply getInflightFd(FrontendMessage.GetInflightFd wanted) throws LinuxException {
        long bytes = InflightParts.bytes(wanted.queues(), wanted.queueSize());
        OwnedFd fd = MemFd.create("isthmus-inflight", bytes);
        try {
            MemFd.sealSize(fd);
        } catch (LinuxException e) {
            fd.close();
            throw e;
        }
        return new Reply.Inflight(bytes, wanted.queues(), wanted.queueSize(), fd, wanted.bytes());
    }

    private Reply setInflightFd(FrontendMessage.SetInflightFd region) throws MemoryException, VringViolation {
        vrings.inflight(InflightMemory.map(region.fd(), region.mmapOffset(), region.mmapSize(), region.queues(),
                region.queueSize(), anyMemoryFile));
        return new Reply.Ack(true);
    }

    /** Zeroes where the device has no field: front-ends ask for the structure they know, which may be longer. */
    private Reply getConfig(long offset, int size) {
        if (offset + size > Limits.CONFIG_BYTES_MAX) {
            return new Reply.ConfigRefused();
        }
        byte[] whole = Arrays.copyOf(device.configuration(), Limits.CONFIG_BYTES_MAX);
        return new Reply.Config(offset, Arrays.copyOfRange(whole, (int) offset, (int) offset + size));
    }

    private Reply setConfig(long offset, byte[] contents) {
        boolean written = offset + contents.length <= Limits.CONFIG_BYTES_MAX
                && device.writeConfiguration((int) offset, contents);
        if (!written) {
            warnOnce("the driver may not write " + contents.length + " bytes at offset " + offset
                    + " of the configuration space");
        }
        return new Reply.Ack(written);
    }

    /** One line a connection for what a front-end may do as often as it likes. */
    private void warnOnce(String what) {
        if (!warned) {
            warned = true;
            LOG.warn("{}: {} (said once for this connection)", device.name(), what);
        }
    }

    private static @Nullable OwnedFd taken(Request request, @Nullable OwnedFd fd) {
        return fd == null ? null : request.take(fd);
    }
}
