package dev.isthmus.frontend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.isthmus.linux.HostMemory;
import dev.isthmus.linux.LinuxException;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a driver writes, and what it makes of what the device writes. */
class SplitDriverVirtqueueTest {
    private static final int NEXT = 1;
    private static final int WRITE = 2;
    private static final int INDIRECT = 4;
    private static final long GUEST = 0x4000_0000L;

    private SharedMemory memory;

    @BeforeEach
    void allocate() throws LinuxException {
        memory = SharedMemory.allocate(1 << 20, GUEST);
    }

    @AfterEach
    void free() {
        memory.close();
    }

    @Test
    void partsAreAlignedAndDoNotOverlap() {
        for (int size = 1; size <= 1024; size *= 2) {
            SplitDriverVirtqueue queue = SplitDriverVirtqueue.create(memory, size, 0);
            assertThat(queue.descriptorTable() % 16).isZero();
            assertThat(queue.availableRing() % 2).isZero();
            assertThat(queue.usedRing() % 4).isZero();
            assertThat(queue.availableRing() - queue.descriptorTable()).isGreaterThanOrEqualTo(16L * size);
            assertThat(queue.usedRing() - queue.availableRing()).isGreaterThanOrEqualTo(6 + 2L * size);
            assertThat(memory.take(0, 1) - queue.usedRing()).isGreaterThanOrEqualTo(6 + 8L * size);
            assertThat(memory.take(0, 1) - queue.descriptorTable()).isLessThanOrEqualTo(
                    SplitDriverVirtqueue.bytes(size, 0));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 65536})
    void refusesSizesThatAreNoPowerOfTwoUpTo32768(int size) {
        assertThatThrownBy(() -> SplitDriverVirtqueue.create(memory, size, 0))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aChainIsWrittenAsTheSpecificationSays() {
        SplitDriverVirtqueue queue = SplitDriverVirtqueue.create(memory, 8, 0);
        FakeDevice device = new FakeDevice(queue);
        DriverChain chain = DriverChain.withRoomFor(3);
        chain.addReadable(0x1000, 16);
        chain.addWritable(0x2000, 4096);
        chain.addWritable(0x3000, 1);

        int head = queue.add(chain);

        assertThat(device.availIdx()).as("before publish").isZero();
        queue.publish();
        assertThat(device.availIdx()).isEqualTo(1);
        assertThat(device.takeAvailable()).isEqualTo(head);
        int second = device.next(head);
        int third = device.next(second);
        assertThat(Set.of(head, second, third)).hasSize(3);
        expectDescriptor(device, head, 0x1000, 16, NEXT);
        expectDescriptor(device, second, 0x2000, 4096, NEXT | WRITE);
        expectDescriptor(device, third, 0x3000, 1, WRITE);
    }

    private static void expectDescriptor(FakeDevice device, int descriptor, long addr, long len, int flags) {
        assertThat(device.addr(descriptor)).isEqualTo(addr);
        assertThat(device.len(descriptor)).isEqualTo(len);
        assertThat(device.flags(descriptor)).isEqualTo(flags);
    }

    @Test
    void anIndirectChainTakesOneDescriptor() {
        SplitDriverVirtqueue queue =
                SplitDriverVirtqueue.create(memory, 2, DriverVirtqueue.INDIRECT_DESC, 0, 4);
        FakeDevice device = new FakeDevice(queue);
        DriverChain chain = DriverChain.withRoomFor(5);
        chain.addReadable(0x1000, 16);
        chain.addReadable(0x2000, 512);
        chain.addWritable(0x3000, 1);

        int head = queue.add(chain);
        assertThat(queue.add(chain)).isNotNegative();
        assertThat(queue.add(chain)).isEqualTo(DriverVirtqueue.NO_ROOM);
        queue.publish();

        assertThat(device.takeAvailable()).isEqualTo(head);
        assertThat(device.flags(head)).isEqualTo(INDIRECT);
        assertThat(device.len(head)).isEqualTo(3 * 16);
        long table = device.addr(head) - GUEST + memory.userAddress();
        assertThat(table % 16).isZero();
        expectIndirect(table, 0x1000, 16, NEXT, 1);
        expectIndirect(table + 16, 0x2000, 512, NEXT, 2);
        expectIndirect(table + 32, 0x3000, 1, WRITE, 0);
    }

    private static void expectIndirect(long at, long addr, long len, int flags, int next) {
        assertThat(HostMemory.u64(at)).isEqualTo(addr);
        assertThat(HostMemory.u32(at + 8)).isEqualTo(len);
        assertThat(HostMemory.u16(at + 12)).isEqualTo(flags);
        assertThat(HostMemory.u16(at + 14)).isEqualTo(next);
    }

    @Test
    void aChainTooLongForItsIndirectTableIsDirect() {
        SplitDriverVirtqueue queue =
                SplitDriverVirtqueue.create(memory, 8, DriverVirtqueue.INDIRECT_DESC, 0, 2);
        FakeDevice device = new FakeDevice(queue);

        int head = queue.add(readable(3));

        assertThat(device.flags(head)).isEqualTo(NEXT);
    }

    @Test
    void indirectTablesWaitForTheirFeature() {
        SplitDriverVirtqueue queue = SplitDriverVirtqueue.create(memory, 8, 0, 0, 4);

        int head = queue.add(readable(3));

        assertThat(new FakeDevice(queue).flags(head)).isEqualTo(NEXT);
    }

    @Test
    void aFullQueueHasNoRoomUntilAChainComesBack() {
        SplitDriverVirtqueue queue = SplitDriverVirtqueue.create(memory, 8, 0);
        FakeDevice device = new FakeDevice(queue);
        int first = queue.add(readable(3));
        int second = queue.add(readable(3));
        assertThat(queue.add(readable(3))).isEqualTo(DriverVirtqueue.NO_ROOM);
        assertThat(queue.add(readable(2))).isNotNegative();
        assertThat(queue.add(readable(1))).isEqualTo(DriverVirtqueue.NO_ROOM);
        assertThat(queue.inFlight()).isEqualTo(3);
        queue.publish();

        device.use(second, 17);

        assertThat(queue.pending()).isEqualTo(1);
        assertThat(queue.takeUsed()).isEqualTo(second);
        assertThat(queue.usedLength()).isEqualTo(17);
        assertThat(queue.inFlight()).isEqualTo(2);
        assertThat(queue.add(readable(3))).isEqualTo(second).isNotEqualTo(first);
    }

    @Test
    void anEmptyChainIsNotMadeAvailable() {
        SplitDriverVirtqueue queue = SplitDriverVirtqueue.create(memory, 8, 0);

        assertThat(queue.add(DriverChain.withRoomFor(1))).isEqualTo(DriverVirtqueue.NO_ROOM);
        assertThat(queue.publish()).isFalse();
    }

    @Test
    void readableAfterWritableIsRefused() {
        DriverChain chain = DriverChain.withRoomFor(2);
        chain.addWritable(0, 1);

        assertThatThrownBy(() -> chain.addReadable(0, 1)).isInstanceOf(IllegalStateException.class);

        chain.clear();
        chain.addReadable(0, 1);
        assertThat(chain.count()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8, 64})
    void indexesGoRoundAt65536(int size) {
        SplitDriverVirtqueue queue = SplitDriverVirtqueue.create(memory, size, 0, 65530, 0);
        FakeDevice device = new FakeDevice(queue);
        assertThat(device.availIdx()).isEqualTo(65530);
        assertThat(device.usedIdx()).isEqualTo(65530);
        DriverChain chain = readable(1);

        for (int i = 0; i < 70_000; i++) {
            int batch = 1 + i % size;
            Set<Integer> heads = new HashSet<>();
            for (int j = 0; j < batch; j++) {
                heads.add(queue.add(chain));
            }
            queue.publish();
            assertThat(heads).hasSize(batch).doesNotContain(DriverVirtqueue.NO_ROOM);
            while (device.hasAvailable()) {
                device.use(device.takeAvailable(), i);
            }
            assertThat(queue.pending()).isEqualTo(batch);
            for (int j = 0; j < batch; j++) {
                assertThat(heads.remove(queue.takeUsed())).isTrue();
                assertThat(queue.usedLength()).isEqualTo(i);
            }
            assertThat(queue.pending()).isZero();
        }
        assertThat(queue.inFlight()).isZero();
    }

    @Test
    void whatTheDeviceWritesIntoTheDescriptorTableIsNotRead() {
        SplitDriverVirtqueue queue = SplitDriverVirtqueue.create(memory, 8, 0);
        FakeDevice device = new FakeDevice(queue);
        for (int i = 0; i < 100; i++) {
            int head = queue.add(readable(3));
            queue.publish();
            for (int descriptor = 0; descriptor < 8; descriptor++) {
                device.putDescriptor(descriptor, -1, -1);
            }
            device.use(head, 0);
            assertThat(queue.pending()).isEqualTo(1);
            assertThat(queue.takeUsed()).isEqualTo(head);
        }
        for (int i = 0; i < 8; i++) {
            assertThat(queue.add(readable(1))).isBetween(0, 7);
        }
    }

    static DriverChain readable(int pieces) {
        DriverChain chain = DriverChain.withRoomFor(pieces);
        for (int i = 0; i < pieces; i++) {
            chain.addReadable(GUEST, 1);
        }
        return chain;
    }
}
