package dev.isthmus.frontend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.isthmus.frontend.net.NetLayout;
import dev.isthmus.frontend.net.ReceiveQueue;
import dev.isthmus.frontend.net.TransmitQueue;
import dev.isthmus.linux.HostMemory;
import dev.isthmus.linux.LinuxException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The two queues of a pair against a device that is written value by value. */
class NetQueuesTest {
    private static final int SIZE = 4;
    private static final int BUFFER = 100;
    private static final int HEADER = 12;

    private SharedMemory memory;
    private SharedMemory scratch;
    private SplitDriverVirtqueue queue;
    private FakeDevice device;

    @BeforeEach
    void open() throws LinuxException {
        memory = SharedMemory.allocate(1 << 16);
        scratch = SharedMemory.allocate(1 << 12);
        queue = SplitDriverVirtqueue.create(memory, SIZE, 0);
        device = new FakeDevice(queue);
    }

    @AfterEach
    void close() {
        scratch.close();
        memory.close();
    }

    @Test
    void sentFramesAreAHeaderOfZeroesAndTheFrame() {
        TransmitQueue transmit = TransmitQueue.create(memory, queue, 60);
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < SIZE; i++) {
                HostMemory.putU8(transmit.buffer() + HEADER, 0x40 + i);
                transmit.add(20 + i);
            }
            assertThat(transmit.room()).isZero();
            assertThat(transmit.flush()).isTrue();
            for (int i = 0; i < SIZE; i++) {
                int head = device.takeAvailable();
                assertThat(device.len(head)).isEqualTo(HEADER + 20 + i);
                assertThat(device.flags(head)).isZero();
                for (int at = 0; at < HEADER; at++) {
                    assertThat(HostMemory.u8(device.addr(head) + at)).isZero();
                }
                assertThat(HostMemory.u8(device.addr(head) + HEADER)).isEqualTo(0x40 + i);
                // What a device may not write, and the next user of the buffer must not find.
                HostMemory.putU64(device.addr(head), -1);
                device.use(head, 0);
            }
            assertThat(transmit.reclaim()).isEqualTo(SIZE);
            assertThat(transmit.room()).isEqualTo(SIZE);
        }
    }

    @Test
    void framesLargerThanABufferAreNotAdded() {
        TransmitQueue transmit = TransmitQueue.create(memory, queue, 60);
        assertThatThrownBy(() -> transmit.add(61)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void everyReceivedFrameIsHeaderAndFrameAndItsBufferIsOfferedAgain() {
        ReceiveQueue receive = receive(0);
        for (int round = 0; round < 3; round++) {
            assertThat(receive.offer()).isTrue();
            for (int i = 0; i < SIZE; i++) {
                give(1, 0x50 + i, HEADER + 30 + i);
            }
            for (int i = 0; i < SIZE; i++) {
                assertThat(receive.receive(scratch.userAddress(), 4096)).isEqualTo(HEADER + 30 + i);
                assertThat(HostMemory.u8(scratch.userAddress() + HEADER)).isEqualTo(0x50 + i);
            }
            assertThat(receive.receive(scratch.userAddress(), 4096)).isEqualTo(ReceiveQueue.NOTHING);
        }
    }

    @Test
    void mergeableBuffersMakeOneFrame() {
        ReceiveQueue receive = receive(NetLayout.F_MRG_RXBUF);
        receive.offer();
        give(3, 0x50, BUFFER);
        give(0, 0x51, BUFFER);
        give(0, 0x52, 20);

        assertThat(receive.receive(scratch.userAddress(), 4096)).isEqualTo(2 * BUFFER + 20);
        assertThat(HostMemory.u8(scratch.userAddress() + BUFFER + HEADER)).isEqualTo(0x51);
        assertThat(HostMemory.u8(scratch.userAddress() + 2 * BUFFER + HEADER)).isEqualTo(0x52);
        assertThat(receive.receive(scratch.userAddress(), 4096)).isEqualTo(ReceiveQueue.NOTHING);
    }

    @Test
    void framesThatCannotBeAreFaultsAndTheEnd() {
        expectBroken(NetLayout.F_MRG_RXBUF, () -> give(2, 0, 40), "a frame in 2 buffers of 1");
        expectBroken(NetLayout.F_MRG_RXBUF, () -> give(0, 0, 40), "a frame in 0 buffers of 1");
        expectBroken(0, () -> give(1, 0, HEADER - 1), "a first buffer of 11 bytes");
        expectBroken(0, () -> give(1, 0, BUFFER + 1), "101 bytes in a buffer of 100 with room for 4096");
        expectBroken(0, () -> device.use(SIZE, 0), "the used ring: USED_ID_OUT_OF_RANGE");
    }

    private void expectBroken(long features, Runnable fault, String said) {
        queue = SplitDriverVirtqueue.create(memory, SIZE, 0);
        device = new FakeDevice(queue);
        ReceiveQueue receive = receive(features);
        receive.offer();
        fault.run();
        assertThat(receive.receive(scratch.userAddress(), 4096)).isEqualTo(ReceiveQueue.BROKEN);
        assertThat(receive.fault()).isEqualTo(said);
        assertThat(receive.receive(scratch.userAddress(), 4096)).isEqualTo(ReceiveQueue.BROKEN);
        assertThat(receive.fault()).isEqualTo(said);
    }

    private ReceiveQueue receive(long features) {
        return ReceiveQueue.create(memory, queue, features, BUFFER);
    }

    /** The device's next buffer, with a number of buffers in what may be a header, and a mark behind. */
    private void give(int buffers, int mark, int bytes) {
        int head = device.takeAvailable();
        assertThat(device.len(head)).isEqualTo(BUFFER);
        HostMemory.putU16(device.addr(head) + 10, buffers);
        HostMemory.putU8(device.addr(head) + HEADER, mark);
        device.use(head, bytes);
    }
}
