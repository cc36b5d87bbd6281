package dev.isthmus.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.frontend.DriverChain;
import dev.isthmus.frontend.DriverVirtqueue;
import dev.isthmus.frontend.FrontendVring;
import dev.isthmus.frontend.SharedMemory;
import dev.isthmus.linux.EventFd;
import dev.isthmus.linux.HostMemory;
import dev.isthmus.linux.OwnedFd;
import java.util.Arrays;

/** What a driver without a guest asks of a disk: one request after the other, each of one block. */
final class BlkRequests {
    static final int BLOCK = 4096;

    /** Shared memory that one of these needs. */
    static final int MEMORY_BYTES = 3 * BLOCK;

    private static final int SECTORS_PER_BLOCK = BLOCK / 512;

    // virtio 1.3, 5.2.6
    private static final int IN = 0;
    private static final int OUT = 1;
    private static final int FLUSH = 4;
    private static final int NOT_ANSWERED = 0xee;

    private final DriverVirtqueue queue;
    private final FrontendVring vring;
    private final OwnedFd call;
    private final SharedMemory memory;
    private final DriverChain chain = DriverChain.withRoomFor(3);
    private final long header;
    private final long data;
    private final long counter;
    private int count;
    private int head;

    BlkRequests(DriverVirtqueue queue, FrontendVring vring, SharedMemory memory, OwnedFd call) {
        this.queue = queue;
        this.vring = vring;
        this.call = call;
        this.memory = memory;
        this.header = memory.take(32, 64);
        this.data = memory.take(BLOCK, BLOCK);
        this.counter = memory.take(8, 8);
    }

    void write(int block, long value) {
        offerWrite(block, value);
        await();
    }

    /** Does not wait for the answer, which nobody may ever take. */
    void offerWrite(int block, long value) {
        HostMemory.zero(data, BLOCK);
        HostMemory.putU64(data, value);
        offer(OUT, block);
    }

    long read(int block) {
        HostMemory.fill(data, BLOCK, 0xff);
        offer(IN, block);
        await();
        byte[] bytes = new byte[BLOCK - 8];
        HostMemory.copy(data + 8, bytes, 0, bytes.length);
        assertThat(Arrays.equals(bytes, new byte[BLOCK - 8])).isTrue();
        return HostMemory.u64(data);
    }

    void flush() {
        offer(FLUSH, 0);
        await();
    }

    /** Requests offered until now. */
    int count() {
        return count;
    }

    private void offer(int type, int block) {
        HostMemory.putU32(header, type);
        HostMemory.putU64(header + 8, (long) block * SECTORS_PER_BLOCK);
        HostMemory.putU8(header + 16, NOT_ANSWERED);
        chain.clear();
        chain.addReadable(memory.guestAddressOf(header), 16);
        if (type == OUT) {
            chain.addReadable(memory.guestAddressOf(data), BLOCK);
        } else if (type == IN) {
            chain.addWritable(memory.guestAddressOf(data), BLOCK);
        }
        chain.addWritable(memory.guestAddressOf(header + 16), 1);
        head = queue.add(chain);
        assertThat(head).isNotNegative();
        if (queue.publish()) {
            vring.kick();
        }
        count++;
    }

    private void await() {
        boolean read = HostMemory.u32(header) == IN;
        while (!queue.awaitNotification()) {
            EventFd.await(call.number(), counter);
        }
        assertThat(queue.pending()).isEqualTo(1);
        assertThat(queue.takeUsed()).isEqualTo(head);
        assertThat(HostMemory.u8(header + 16)).as("status").isZero();
        assertThat(queue.usedLength()).isEqualTo(read ? BLOCK + 1 : 1);
    }
}
