package dev.isthmus.vhostuser;

import dev.isthmus.linux.OwnedFd;
import dev.isthmus.memory.MemoryRegionDescription;
import dev.isthmus.vhostuser.ProtocolViolation.Rule;
import dev.isthmus.virtqueue.SplitInflight;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the fields of one payload and checks their values. The message table holds already: size and number of
 * descriptors are legal.
 *
 * <p>Regions of memory are not judged here: {@code MemoryTable} does that, with the other regions and the file at
 * hand.
 */
final class PayloadDecoder {
    private static final int MAC_BYTES = 6;

    private final FrontendRequest kind;
    private final ByteBuffer payload;
    private final List<OwnedFd> fds;
    private final int queues;

    PayloadDecoder(FrontendRequest kind, byte[] payload, List<OwnedFd> fds, int queues) {
        this.kind = kind;
        // The vhost-user specification, "Message Specification": numbers are in the machine's byte order.
        this.payload = ByteBuffer.wrap(payload).order(ByteOrder.nativeOrder());
        this.fds = fds;
        this.queues = queues;
    }

    FrontendMessage decode() throws ProtocolViolation {
        return switch (kind) {
            case GET_FEATURES -> new FrontendMessage.GetFeatures();
            case SET_FEATURES -> new FrontendMessage.SetFeatures(u64());
            case SET_OWNER -> new FrontendMessage.SetOwner();
            case RESET_OWNER -> new FrontendMessage.ResetOwner();
            case SET_MEM_TABLE -> setMemTable();
            case SET_VRING_NUM -> new FrontendMessage.SetVringNum(vringStateIndex(), queueSize(u32(
                    VringStateLayout.NUM)));
            case SET_VRING_ADDR -> setVringAddr();
            case SET_VRING_BASE -> new FrontendMessage.SetVringBase(vringStateIndex(), base());
            // Its num means nothing and is not looked at, as in QEMU's libvhost-user.
            case GET_VRING_BASE -> new FrontendMessage.GetVringBase(vringStateIndex());
            case SET_VRING_KICK -> new FrontendMessage.SetVringKick(vringFdIndex(), vringFd());
            case SET_VRING_CALL -> new FrontendMessage.SetVringCall(vringFdIndex(), vringFd());
            case SET_VRING_ERR -> new FrontendMessage.SetVringErr(vringFdIndex(), vringFd());
            case GET_PROTOCOL_FEATURES -> new FrontendMessage.GetProtocolFeatures();
            case SET_PROTOCOL_FEATURES -> new FrontendMessage.SetProtocolFeatures(u64());
            case GET_QUEUE_NUM -> new FrontendMessage.GetQueueNum();
            case SET_VRING_ENABLE -> new FrontendMessage.SetVringEnable(vringStateIndex(), enable());
            // The address in the order of its bytes, two more mean nothing.
            case SEND_RARP -> new FrontendMessage.SendRarp(Arrays.copyOf(payload.array(), MAC_BYTES));
            case NET_SET_MTU -> new FrontendMessage.NetSetMtu(u64());
            case SET_BACKEND_REQ_FD -> new FrontendMessage.SetBackendReqFd(fds.getFirst());
            case GET_CONFIG -> getConfig();
            case SET_CONFIG -> new FrontendMessage.SetConfig(u32(ConfigLayout.OFFSET), liveMigration(), contents());
            case GET_INFLIGHT_FD -> new FrontendMessage.GetInflightFd(inflightQueues(), inflightQueueSize(),
                    payload.capacity());
            case SET_INFLIGHT_FD -> setInflightFd();
            case GET_MAX_MEM_SLOTS -> new FrontendMessage.GetMaxMemSlots();
            case ADD_MEM_REG -> new FrontendMessage.AddMemReg(region(MemoryRegionLayout.SINGLE_REGION), fds.getFirst());
            case REM_MEM_REG -> new FrontendMessage.RemMemReg(region(MemoryRegionLayout.SINGLE_REGION));
        };
    }

    private FrontendMessage setMemTable() throws ProtocolViolation {
        long count = u32(MemoryRegionLayout.TABLE_COUNT);
        if (count > Limits.REGIONS_PER_TABLE_MAX || payload.capacity() != MemoryRegionLayout.tableBytes((int) count)) {
            throw violation(Rule.REGION_COUNT,
                    "of " + count + " regions in a payload of " + payload.capacity() + " bytes");
        }
        if (fds.size() != count) {
            throw violation(Rule.DESCRIPTOR_COUNT, "of " + count + " regions with " + fds.size() + " descriptors");
        }
        List<MemoryRegionDescription> regions = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            regions.add(region(MemoryRegionLayout.tableBytes(i)));
        }
        return new FrontendMessage.SetMemTable(List.copyOf(regions), List.copyOf(fds));
    }

    private MemoryRegionDescription region(int at) {
        return new MemoryRegionDescription(
                payload.getLong(at + MemoryRegionLayout.GUEST_ADDRESS),
                payload.getLong(at + MemoryRegionLayout.SIZE),
                payload.getLong(at + MemoryRegionLayout.USER_ADDRESS),
                payload.getLong(at + MemoryRegionLayout.MMAP_OFFSET));
    }

    private FrontendMessage setVringAddr() throws ProtocolViolation {
        int index = index(u32(VringAddressLayout.INDEX));
        long flags = u32(VringAddressLayout.FLAGS);
        if ((flags & ~VringAddressLayout.FLAG_LOG) != 0) {
            throw violation(Rule.VRING_ADDR_FLAGS,
                    "for queue " + index + " with flags 0x" + Long.toHexString(flags) + ", must be 0 or 1");
        }
        return new FrontendMessage.SetVringAddr(index, (int) flags,
                payload.getLong(VringAddressLayout.DESCRIPTOR),
                payload.getLong(VringAddressLayout.USED),
                payload.getLong(VringAddressLayout.AVAILABLE),
                payload.getLong(VringAddressLayout.LOG));
    }

    private int vringStateIndex() throws ProtocolViolation {
        return index(u32(VringStateLayout.INDEX));
    }

    private int index(long index) throws ProtocolViolation {
        if (index >= queues) {
            throw violation(Rule.QUEUE_INDEX, "for queue " + index + " of a device with " + queues);
        }
        return (int) index;
    }

    private int queueSize(long num) throws ProtocolViolation {
        if (Long.bitCount(num) != 1 || num > Limits.QUEUE_SIZE_MAX) {
            throw violation(Rule.QUEUE_SIZE,
                    "of " + num + " entries, must be a power of two up to " + Limits.QUEUE_SIZE_MAX);
        }
        return (int) num;
    }

    private int base() throws ProtocolViolation {
        long num = u32(VringStateLayout.NUM);
        if (num > VringStateLayout.BASE_MAX) {
            throw violation(Rule.VRING_BASE, "to " + num + ", must be at most " + VringStateLayout.BASE_MAX);
        }
        return (int) num;
    }

    private boolean enable() throws ProtocolViolation {
        long num = u32(VringStateLayout.NUM);
        if (num > 1) {
            throw violation(Rule.VRING_ENABLE, "with " + num + ", must be 0 or 1");
        }
        return num == 1;
    }

    private int vringFdIndex() throws ProtocolViolation {
        long unknown = u64() & ~(VringFdLayout.INDEX_MASK | VringFdLayout.NO_FD);
        if (unknown != 0) {
            throw violation(Rule.VRING_FD_FLAGS, "with unknown bits 0x" + Long.toHexString(unknown));
        }
        return index(u64() & VringFdLayout.INDEX_MASK);
    }

    private @Nullable OwnedFd vringFd() throws ProtocolViolation {
        boolean none = (u64() & VringFdLayout.NO_FD) != 0;
        if (none != fds.isEmpty()) {
            throw violation(Rule.DESCRIPTOR_COUNT,
                    "with " + fds.size() + " descriptors though bit 8 says " + (none ? "none comes" : "one comes"));
        }
        return none ? null : fds.getFirst();
    }

    private int inflightQueues() throws ProtocolViolation {
        int count = Short.toUnsignedInt(payload.getShort(InflightLayout.NUM_QUEUES));
        if (count < 1 || count > queues) {
            throw violation(Rule.INFLIGHT, "for " + count + " queues of a device with " + queues);
        }
        return count;
    }

    private int inflightQueueSize() throws ProtocolViolation {
        return queueSize(Short.toUnsignedLong(payload.getShort(InflightLayout.QUEUE_SIZE)));
    }

    private FrontendMessage setInflightFd() throws ProtocolViolation {
        int count = inflightQueues();
        int size = inflightQueueSize();
        long bytes = payload.getLong(InflightLayout.MMAP_SIZE);
        long needed = count * SplitInflight.bytes(size);
        if (Long.compareUnsigned(bytes, needed) < 0) {
            throw violation(Rule.INFLIGHT, "with " + Long.toUnsignedString(bytes) + " bytes for " + count
                    + " queues of " + size + " entries, which need " + needed);
        }
        return new FrontendMessage.SetInflightFd(bytes, payload.getLong(InflightLayout.MMAP_OFFSET), count, size,
                fds.getFirst());
    }

    private FrontendMessage getConfig() throws ProtocolViolation {
        return new FrontendMessage.GetConfig(u32(ConfigLayout.OFFSET), configSize(), u32(ConfigLayout.FLAGS));
    }

    private int configSize() throws ProtocolViolation {
        long size = u32(ConfigLayout.SIZE);
        if (size != payload.capacity() - ConfigLayout.BYTES) {
            throw violation(Rule.CONFIG_SIZE,
                    "of " + size + " bytes in a payload with room for " + (payload.capacity() - ConfigLayout.BYTES));
        }
        return (int) size;
    }

    private boolean liveMigration() throws ProtocolViolation {
        long flags = u32(ConfigLayout.FLAGS);
        if (flags > 1) {
            throw violation(Rule.CONFIG_FLAGS, "with flags 0x" + Long.toHexString(flags) + ", must be 0 or 1");
        }
        return flags == 1;
    }

    private byte[] contents() throws ProtocolViolation {
        int size = configSize();
        return Arrays.copyOfRange(payload.array(), ConfigLayout.CONTENTS, ConfigLayout.CONTENTS + size);
    }

    private long u32(int at) {
        return Integer.toUnsignedLong(payload.getInt(at));
    }

    private long u64() {
        return payload.getLong(0);
    }

    private ProtocolViolation violation(Rule rule, String what) {
        return new ProtocolViolation(rule, kind + " " + what);
    }
}
