package dev.isthmus.vhostuser;

import dev.isthmus.linux.OwnedFd;
import dev.isthmus.memory.MemoryRegionDescription;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One decoded request of the front-end. The names are those of {@link FrontendRequest}, fields carry the names of
 * the vhost-user specification.
 *
 * <p>Everything that can be checked without the session's memory and rings has been: {@code index} is below the
 * number of queues, counts and ranges hold as written here. Descriptors belong to the {@link Request} the message
 * came in, until they are taken from it.
 */
public sealed interface FrontendMessage {
    record GetFeatures() implements FrontendMessage {}

    record SetFeatures(long features) implements FrontendMessage {}

    record SetOwner() implements FrontendMessage {}

    record ResetOwner() implements FrontendMessage {}

    /** As many descriptors as regions, in their order; 0 to {@link Limits#REGIONS_PER_TABLE_MAX}. */
    record SetMemTable(List<MemoryRegionDescription> regions, List<OwnedFd> fds) implements FrontendMessage {}

    /** @param num queue size: a power of two, 1 to {@link Limits#QUEUE_SIZE_MAX} */
    record SetVringNum(int index, int num) implements FrontendMessage {}

    /**
     * Addresses are user addresses and have not been looked at.
     *
     * @param flags 0, or 1 for {@code VHOST_VRING_F_LOG}
     * @param log guest address at which writes to the used ring are logged
     */
    record SetVringAddr(int index, int flags, long descriptor, long used, long available, long log)
            implements FrontendMessage {}

    /** @param base next available index, 0 to 65535 */
    record SetVringBase(int index, int base) implements FrontendMessage {}

    record GetVringBase(int index) implements FrontendMessage {}

    /** Without a descriptor the ring is to be polled. Nobody has looked yet whether it is an eventfd. */
    record SetVringKick(int index, @Nullable OwnedFd fd) implements FrontendMessage {}

    /** Without a descriptor the driver is not to be notified. Nobody has looked yet whether it is an eventfd. */
    record SetVringCall(int index, @Nullable OwnedFd fd) implements FrontendMessage {}

    /** Nobody has looked yet whether it is an eventfd. */
    record SetVringErr(int index, @Nullable OwnedFd fd) implements FrontendMessage {}

    record GetProtocolFeatures() implements FrontendMessage {}

    record SetProtocolFeatures(long protocolFeatures) implements FrontendMessage {}

    record GetQueueNum() implements FrontendMessage {}

    record SetVringEnable(int index, boolean enable) implements FrontendMessage {}

    /** @param mac of the guest, 6 bytes */
    record SendRarp(byte[] mac) implements FrontendMessage {}

    /** @param mtu any u64 */
    record NetSetMtu(long mtu) implements FrontendMessage {}

    /** A connected Unix stream socket, if the front-end is right; nobody has looked yet. */
    record SetBackendReqFd(OwnedFd fd) implements FrontendMessage {}

    /**
     * {@code offset + size} may lie beyond the device's configuration space, and is then to be refused by {@link
     * Reply.ConfigRefused}.
     *
     * @param offset any u32
     * @param size 0 to {@link Limits#CONFIG_BYTES_MAX}
     * @param flags any u32: some front-ends set 1 here, which the specification defines for SET_CONFIG
     */
    record GetConfig(long offset, int size, long flags) implements FrontendMessage {}

    /**
     * {@code offset + contents.length} may lie beyond the device's configuration space.
     *
     * @param offset any u32
     * @param liveMigration false: the driver wrote, only writable fields may change; true: live migration, all may
     * @param contents 0 to {@link Limits#CONFIG_BYTES_MAX} bytes, owned by the receiver
     */
    record SetConfig(long offset, boolean liveMigration, byte[] contents) implements FrontendMessage {}

    /**
     * What the region has to hold; the front-end's idea of its size means nothing.
     *
     * @param queues 1 to the number of the device's queues
     * @param queueSize a power of two, 1 to {@link Limits#QUEUE_SIZE_MAX}
     * @param bytes of the payload, as many as the reply must have
     */
    record GetInflightFd(int queues, int queueSize, int bytes) implements FrontendMessage {}

    /**
     * Nobody has looked at the file yet.
     *
     * @param mmapSize at least what the queues need
     * @param queues as in {@link GetInflightFd}
     * @param queueSize as in {@link GetInflightFd}
     */
    record SetInflightFd(long mmapSize, long mmapOffset, int queues, int queueSize, OwnedFd fd)
            implements FrontendMessage {}

    record GetMaxMemSlots() implements FrontendMessage {}

    record AddMemReg(MemoryRegionDescription region, OwnedFd fd) implements FrontendMessage {}

    /** The region is named by guest address, user address and size; its mmap offset means nothing here. */
    record RemMemReg(MemoryRegionDescription region) implements FrontendMessage {}
}
