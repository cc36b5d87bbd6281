package dev.isthmus.linux;

import java.lang.foreign.Arena;

/**
 * A queue of a TAP interface, whose frames have a header of virtio's in front of them (12 bytes, little endian):
 * {@code /dev/net/tun}, {@code include/uapi/linux/if_tun.h}.
 *
 * <p>One that belongs to the interface needs no privilege when the interface is the process's user's own. Reads and
 * writes are one frame each, never wait, and allocate nothing.
 */
public final class TapQueue implements AutoCloseable {
    private static final String DEVICE = "/dev/net/tun";

    private static final long TUNSETIFF = 0x4004_54caL; // _IOW('T', 202, int)
    private static final long TUNSETOFFLOAD = 0x4004_54d0L; // _IOW('T', 208, unsigned int)
    private static final long TUNSETVNETHDRSZ = 0x4004_54d8L; // _IOW('T', 216, int)
    private static final long TUNSETQUEUE = 0x4004_54d9L; // _IOW('T', 217, int)
    private static final long TUNSETVNETLE = 0x4004_54dcL; // _IOW('T', 220, int)

    private static final int IFF_TAP = 0x0002;
    private static final int IFF_MULTI_QUEUE = 0x0100;
    private static final int IFF_ATTACH_QUEUE = 0x0200;
    private static final int IFF_DETACH_QUEUE = 0x0400;
    private static final int IFF_NO_PI = 0x1000;
    private static final int IFF_VNET_HDR = 0x4000;

    /** {@link #takeOver}: frames may come without checksums. */
    public static final int TUN_F_CSUM = 0x01;
    /** {@link #takeOver}: TCP over IPv4 may come unsegmented; so for the next two. */
    public static final int TUN_F_TSO4 = 0x02;
    public static final int TUN_F_TSO6 = 0x04;
    public static final int TUN_F_TSO_ECN = 0x08;

    /** {@code struct virtio_net_hdr_v1}. */
    private static final int HEADER_BYTES = 12;

    /** preadv2(2): no position. */
    private static final long NO_OFFSET = -1;

    private final OwnedFd fd;

    private TapQueue(OwnedFd fd) {
        this.fd = fd;
    }

    /**
     * Opens a queue, which then gets its share of the interface's frames. An interface that does not exist is made, for
     * as long as a queue of it is open.
     *
     * @param multiQueue whether the interface is one of several queues; an existing one must be as it is said
     * @throws LinuxException EPERM: not ours, or not there and we may make none; EBUSY: its queue is open elsewhere;
     *     EINVAL: it is no TAP, or not as {@code multiQueue} says; E2BIG: it has no queue left
     */
    public static TapQueue open(NetInterface name, boolean multiQueue) throws LinuxException {
        OwnedFd fd = CharacterDevice.open(DEVICE, true);
        try (Arena arena = Arena.ofConfined()) {
            long ifreq = NetInterface.ifreq(arena, name.name());
            HostMemory.putU16(ifreq + NetInterface.IFREQ_UNION,
                    IFF_TAP | IFF_NO_PI | IFF_VNET_HDR | (multiQueue ? IFF_MULTI_QUEUE : 0));
            CharacterDevice.ioctl(fd, TUNSETIFF, ifreq, name.name());
            long number = arena.allocate(Integer.BYTES, Integer.BYTES).address();
            HostMemory.putU32(number, HEADER_BYTES);
            CharacterDevice.ioctl(fd, TUNSETVNETHDRSZ, number, name.name() + ": TUNSETVNETHDRSZ");
            HostMemory.putU32(number, 1);
            CharacterDevice.ioctl(fd, TUNSETVNETLE, number, name.name() + ": TUNSETVNETLE");
            return new TapQueue(fd);
        } catch (LinuxException | RuntimeException e) {
            fd.close();
            throw e;
        }
    }

    /** Readable when a frame waits. */
    public int descriptor() {
        return fd.number();
    }

    /** Whether this queue, one of several, gets frames. What waits in it when it gets no more is gone. */
    public void setAttached(boolean attached) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            long ifreq = NetInterface.ifreq(arena, "");
            HostMemory.putU16(ifreq + NetInterface.IFREQ_UNION, attached ? IFF_ATTACH_QUEUE : IFF_DETACH_QUEUE);
            CharacterDevice.ioctl(fd, TUNSETQUEUE, ifreq, "TUNSETQUEUE");
        }
    }

    /** What work of the interface's frames is left to who reads them, TUN_F_*; of all its queues. */
    public void takeOver(int offloads) throws LinuxException {
        CharacterDevice.ioctl(fd, TUNSETOFFLOAD, offloads, "TUNSETOFFLOAD");
    }

    /** One frame with its header: bytes, at most what there is room for, the rest is lost; or {@code -errno}. */
    public long read(long iovecs, int count) {
        return Libc.preadv2(fd.number(), iovecs, count, NO_OFFSET, 0);
    }

    /** One frame with its header: its bytes or {@code -errno}. */
    public long write(long iovecs, int count) {
        return Libc.pwritev2(fd.number(), iovecs, count, NO_OFFSET, 0);
    }

    @Override
    public void close() {
        fd.close();
    }
}
