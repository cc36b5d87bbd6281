package dev.isthmus.net.uplink;

import dev.isthmus.linux.Errno;
import dev.isthmus.linux.HostMemory;
import dev.isthmus.linux.PacketSocket;
import java.lang.foreign.Arena;

/**
 * A packet socket while a pair's rings run. What is sent goes straight out of the caller's memory. What is received is
 * copied, since its header is shorter than virtio's, and since the kernel takes VLAN tags out, for which there is no
 * place in front of the rest:
 *
 * <pre>
 *   staging   │ header 10 │ 0 0 │ MACs 12 │ the rest ...            as received
 *             │ header 10 │ 0 0 │ MACs 12 │ tag 4 │ the rest ...    with its tag again
 * </pre>
 */
final class PacketUplinkQueue implements UplinkQueue {
    private static final int MACS_BYTES = 12;
    private static final int TAG_BYTES = 4;
    private static final int TAG_AT = HEADER_BYTES + MACS_BYTES;

    /** {@code struct virtio_net_hdr}: flags 0, gso_type 1, hdr_len 2, csum_start 6. */
    private static final int NEEDS_CSUM = 1;
    private static final int GSO_TYPE = 1;
    private static final int HDR_LEN = 2;
    private static final int CSUM_START = 6;

    private final PacketSocket socket;
    private final Arena arena = Arena.ofShared();
    private final long staging = arena.allocate(Limits.FRAME_BYTES_MAX + TAG_BYTES, Long.BYTES).address();
    private final long ours = arena.allocate((long) Limits.IOVECS_MAX * Iovecs.ENTRY_BYTES, Long.BYTES).address();

    PacketUplinkQueue(PacketSocket socket) {
        this.socket = socket;
    }

    @Override
    public int descriptor() {
        return socket.descriptor();
    }

    @Override
    public int send(long iovecs, int count, int bytes) {
        if (count >= Limits.IOVECS_MAX) {
            return REFUSED;
        }
        Iovecs.gatherFirst(iovecs, count, staging, HEADER_BYTES);
        HostMemory.putU64(ours, staging);
        HostMemory.putU64(ours + Long.BYTES, PacketSocket.HEADER_BYTES);
        int pieces = 1 + Iovecs.skip(iovecs, count, HEADER_BYTES, ours + Iovecs.ENTRY_BYTES);
        long result = socket.send(ours, pieces);
        return result >= 0 ? SENT : why((int) -result, LATER);
    }

    @Override
    public int receive(long iovecs, int count) {
        long result = socket.receive(staging, staging + HEADER_BYTES, Limits.FRAME_BYTES_MAX - HEADER_BYTES);
        if (result < 0) {
            return why((int) -result, NOTHING);
        }
        long frameBytes = result - PacketSocket.HEADER_BYTES;
        return frameBytes > Limits.FRAME_BYTES_MAX - HEADER_BYTES ? TOO_LARGE : deliver(frameBytes, iovecs, count);
    }

    private int deliver(long received, long iovecs, int count) {
        long frameBytes = received;
        long tag = socket.vlanTag();
        if (tag != PacketSocket.NO_TAG && frameBytes >= MACS_BYTES) {
            putTag(tag, frameBytes);
            frameBytes += TAG_BYTES;
        }
        int bytes = (int) frameBytes + HEADER_BYTES;
        return Iovecs.scatter(staging, bytes, iovecs, count) == bytes ? bytes : TOO_LARGE;
    }

    private void putTag(long tag, long frameBytes) {
        HostMemory.copy(staging + TAG_AT, staging + TAG_AT + TAG_BYTES, frameBytes - MACS_BYTES);
        HostMemory.putU32(staging + TAG_AT, Integer.reverseBytes((int) tag)); // as on the wire: big endian
        if ((HostMemory.u8(staging) & NEEDS_CSUM) != 0) {
            HostMemory.putU16(staging + CSUM_START, HostMemory.u16(staging + CSUM_START) + TAG_BYTES);
        }
        if (HostMemory.u8(staging + GSO_TYPE) != 0) {
            HostMemory.putU16(staging + HDR_LEN, HostMemory.u16(staging + HDR_LEN) + TAG_BYTES);
        }
    }

    private static int why(int errno, int notNow) {
        return switch (errno) {
            case Errno.EAGAIN, Errno.EINTR -> notNow;
            case Errno.ENETDOWN, Errno.ENXIO, Errno.ENODEV -> DOWN;
            default -> REFUSED;
        };
    }

    @Override
    public void close() {
        socket.close();
        arena.close();
    }
}
