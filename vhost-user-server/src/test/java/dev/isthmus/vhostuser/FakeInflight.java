package dev.isthmus.vhostuser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.linux.FileStatus;
import dev.isthmus.linux.HostMemory;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.Mapping;
import dev.isthmus.linux.OwnedFd;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * An inflight region as a front-end gets it, keeps it and looks into it. Offsets are those of QueueRegionSplit in the
 * vhost-user specification, written down anew.
 */
final class FakeInflight implements AutoCloseable {
    private static final int PAGE = 4096;

    private final OwnedFd file;
    private final Mapping mapping;
    private final byte[] description;

    private FakeInflight(OwnedFd file, byte[] description) throws LinuxException {
        this.file = file;
        this.description = description;
        this.mapping = Mapping.shared(file, 0, (FileStatus.of(file).sizeBytes() + PAGE - 1) / PAGE * PAGE);
    }

    /** GET_INFLIGHT_FD, with a payload of 20 bytes or padded to 24. */
    static FakeInflight get(FakeFrontend frontend, int queues, int queueSize, int payloadBytes)
            throws LinuxException {
        frontend.send(Code.GET_INFLIGHT_FD, 1, describe(0, queues, queueSize, payloadBytes));
        List<OwnedFd> fds = new ArrayList<>();
        byte[] reply = new byte[12 + payloadBytes];
        int filled = 0;
        while (filled < reply.length) {
            int received = frontend.socket().receive(reply, filled, reply.length - filled, fds);
            assertThat(received).isPositive();
            filled += received;
        }
        assertThat(fds).hasSize(1);
        ByteBuffer header = ByteBuffer.wrap(reply).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(List.of(header.getInt(0), header.getInt(4), header.getInt(8)))
                .containsExactly(Code.GET_INFLIGHT_FD, Wire.VERSION | Wire.REPLY, payloadBytes);
        byte[] description = new byte[payloadBytes];
        header.get(12, description);
        return new FakeInflight(fds.getFirst(), description);
    }

    static byte[] describe(long bytes, int queues, int queueSize, int payloadBytes) {
        return ByteBuffer.allocate(payloadBytes).order(ByteOrder.LITTLE_ENDIAN).putLong(bytes).putLong(0)
                .putShort((short) queues).putShort((short) queueSize).array();
    }

    OwnedFd file() {
        return file;
    }

    ByteBuffer description() {
        return ByteBuffer.wrap(description).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** SET_INFLIGHT_FD with what GET_INFLIGHT_FD said. */
    void set(FakeFrontend frontend) throws LinuxException {
        frontend.set(Code.SET_INFLIGHT_FD, description, file);
    }

    long sizeBytes() throws LinuxException {
        return FileStatus.of(file).sizeBytes();
    }

    boolean isZero(long bytes) {
        for (long at = 0; at < bytes; at++) {
            if (HostMemory.u8(mapping.address() + at) != 0) {
                return false;
            }
        }
        return true;
    }

    /** The first queue's part from now on says that a predecessor has used it and shown nothing. */
    void begin(int descNum) {
        part(0).begin(descNum);
    }

    /** A predecessor took this head of the first queue. */
    void mark(int head, long counter) {
        part(0).mark(head, counter);
    }

    boolean isMarked(int head) {
        return part(0).isMarked(head);
    }

    int usedIndex() {
        return part(0).usedIndex();
    }

    /** The part that begins so many bytes into the region. */
    Part part(long offset) {
        return new Part(mapping.address() + offset);
    }

    record Part(long address) {
        void begin(int descNum) {
            HostMemory.putU16(address + 8, 1);
            HostMemory.putU16(address + 10, descNum);
        }

        void mark(int head, long counter) {
            HostMemory.putU64(desc(head) + 8, counter);
            HostMemory.putU8(desc(head), 1);
        }

        boolean isMarked(int head) {
            return HostMemory.u8(desc(head)) != 0;
        }

        int usedIndex() {
            return HostMemory.u16(address + 14);
        }

        private long desc(int head) {
            return address + 16 + 16L * head;
        }
    }

    @Override
    public void close() {
        mapping.close();
        file.close();
    }
}
