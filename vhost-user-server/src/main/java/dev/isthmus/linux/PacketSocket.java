package dev.isthmus.linux;

import java.lang.foreign.Arena;

/**
 * A packet socket: what an interface receives, and what is sent over it, as whole Ethernet frames with a header of
 * virtio's (10 bytes, little endian) in front of them. packet(7), {@code include/uapi/linux/if_packet.h}. Wants
 * CAP_NET_RAW. What the host itself sends over the interface is not received.
 *
 * <p>Reads and writes never wait and allocate nothing; one thread at a time.
 */
public final class PacketSocket implements AutoCloseable {
    /** {@code struct virtio_net_hdr}: without num_buffers, which kernels before 6.6 cannot be told to have. */
    public static final int HEADER_BYTES = 10;

    /** {@link #vlanTag}: the frame had none, or still has it. */
    public static final long NO_TAG = -1;

    private static final int AF_PACKET = 17;
    private static final int SOCK_RAW = 3;
    private static final int SOCK_NONBLOCK = 0x800;
    private static final int SOL_PACKET = 263;
    private static final int PACKET_ADD_MEMBERSHIP = 1;
    private static final int PACKET_AUXDATA = 8;
    private static final int PACKET_VNET_HDR = 15;
    private static final int PACKET_IGNORE_OUTGOING = 23;
    private static final int PACKET_MR_PROMISC = 1;

    /** ETH_P_ALL of {@code include/uapi/linux/if_ether.h}, big endian. */
    private static final int ETH_P_ALL = 0x0300;

    private static final int MSG_TRUNC = 0x20;

    /** {@code struct sockaddr_ll}: family 0, protocol 2, ifindex 4. */
    private static final int SOCKADDR_LL_BYTES = 20;

    /** {@code struct packet_mreq}: ifindex 0, type 4. */
    private static final int PACKET_MREQ_BYTES = 16;

    /** {@code struct msghdr}: iov 16, iovlen 24, control 32, controllen 40; then two iovecs, then room for control. */
    private static final int MSGHDR_BYTES = 56;

    private static final int IOVECS_BYTES = 2 * 16;
    private static final int CONTROL_BYTES = 64;

    /** {@code struct cmsghdr}: len 0, level 8, type 12; then {@code struct tpacket_auxdata}. */
    private static final int CMSG_DATA = 16;

    private static final int AUX_STATUS = 0;
    private static final int AUX_VLAN_TCI = 16;
    private static final int AUX_VLAN_TPID = 18;
    private static final int TP_STATUS_VLAN_VALID = 1 << 4;

    private final OwnedFd fd;
    private final Arena arena = Arena.ofShared();
    private final long message = arena.allocate(MSGHDR_BYTES + IOVECS_BYTES + CONTROL_BYTES, Long.BYTES).address();
    private final long iovecs = message + MSGHDR_BYTES;
    private final long control = iovecs + IOVECS_BYTES;

    private PacketSocket(OwnedFd fd) {
        this.fd = fd;
    }

    /** Opens one on an interface, which then takes frames whoever they are for. */
    public static PacketSocket open(NetInterface on) throws LinuxException {
        // Of no protocol before it is bound: else it would get frames of all interfaces.
        int number = Libc.socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | Constants.SOCK_CLOEXEC, 0);
        OwnedFd fd = OwnedFd.own((int) LinuxException.check(number, on.name() + ": socket(AF_PACKET)"));
        try (Arena arena = Arena.ofConfined()) {
            int index = on.index();
            long one = arena.allocate(Integer.BYTES, Integer.BYTES).address();
            HostMemory.putU32(one, 1);
            set(fd, PACKET_VNET_HDR, one, Integer.BYTES, "PACKET_VNET_HDR");
            set(fd, PACKET_IGNORE_OUTGOING, one, Integer.BYTES, "PACKET_IGNORE_OUTGOING");
            set(fd, PACKET_AUXDATA, one, Integer.BYTES, "PACKET_AUXDATA");
            long request = arena.allocate(PACKET_MREQ_BYTES, Integer.BYTES).address();
            HostMemory.putU32(request, index);
            HostMemory.putU16(request + 4, PACKET_MR_PROMISC);
            set(fd, PACKET_ADD_MEMBERSHIP, request, PACKET_MREQ_BYTES, "PACKET_MR_PROMISC");
            long address = arena.allocate(SOCKADDR_LL_BYTES, Integer.BYTES).address();
            HostMemory.putU16(address, AF_PACKET);
            HostMemory.putU16(address + 2, ETH_P_ALL);
            HostMemory.putU32(address + 4, index);
            LinuxException.check(Libc.bind(fd.number(), address, SOCKADDR_LL_BYTES), on.name() + ": bind");
            return new PacketSocket(fd);
        } catch (LinuxException | RuntimeException e) {
            fd.close();
            throw e;
        }
    }

    private static void set(OwnedFd fd, int option, long value, int length, String what) throws LinuxException {
        LinuxException.check(Libc.setsockopt(fd.number(), SOL_PACKET, option, value, length), what);
    }

    /** Readable when a frame waits. */
    public int descriptor() {
        return fd.number();
    }

    /**
     * Receives one frame, and its header to another place.
     *
     * @return bytes of both, which may be more than there was room for; or {@code -errno}
     */
    public long receive(long header, long frame, int room) {
        HostMemory.zero(message, MSGHDR_BYTES);
        HostMemory.putU64(iovecs, header);
        HostMemory.putU64(iovecs + 8, HEADER_BYTES);
        HostMemory.putU64(iovecs + 16, frame);
        HostMemory.putU64(iovecs + 24, room);
        HostMemory.putU64(message + 16, iovecs);
        HostMemory.putU64(message + 24, 2);
        HostMemory.putU64(message + 32, control);
        HostMemory.putU64(message + 40, CONTROL_BYTES);
        return Libc.recvmsg(fd.number(), message, MSG_TRUNC);
    }

    /**
     * The VLAN tag that the kernel took out of the frame that was received last: protocol in the upper 16 of 32 bits,
     * control information in the lower; {@link #NO_TAG}.
     */
    public long vlanTag() {
        long bytes = HostMemory.u64(message + 40);
        boolean isAux = bytes >= CMSG_DATA && HostMemory.u32(control + 8) == SOL_PACKET
                && HostMemory.u32(control + 12) == PACKET_AUXDATA;
        if (!isAux || (HostMemory.u32(control + CMSG_DATA + AUX_STATUS) & TP_STATUS_VLAN_VALID) == 0) {
            return NO_TAG;
        }
        int protocol = HostMemory.u16(control + CMSG_DATA + AUX_VLAN_TPID);
        return (long) protocol << 16 | HostMemory.u16(control + CMSG_DATA + AUX_VLAN_TCI);
    }

    /** Sends one frame with its header: its bytes or {@code -errno}. */
    public long send(long pieces, int count) {
        return Libc.pwritev2(fd.number(), pieces, count, -1, 0);
    }

    @Override
    public void close() {
        fd.close();
        arena.close();
    }
}
