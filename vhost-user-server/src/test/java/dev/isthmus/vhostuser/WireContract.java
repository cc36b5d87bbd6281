package dev.isthmus.vhostuser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.device.VirtioDevice;
import dev.isthmus.fuzz.LeavesNothing;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.loop.Transport;
import dev.isthmus.server.DeviceServer;
import dev.isthmus.vhostuser.FakeFrontend.Style;
import dev.isthmus.vring.WorkerOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Complete set-up and I/O over a real socket, real shared memory and real eventfds, for any device that takes block
 * requests: subclasses say which.
 */
@LeavesNothing
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class WireContract {
    private static final int ROUNDS = 300;

    /** A device with this many queues, and a few thousand sectors. */
    protected abstract VirtioDevice device(int queues) throws IOException;

    /** Checks what a request for {@code sector} read after {@code written} was written there. */
    protected abstract void expectRead(byte[] read, byte[] written);

    @ParameterizedTest(name = "{0}, {1}, {2} queues, {3} workers, polling {4} us, EVENT_IDX {5}")
    @CsvSource({
        "EPOLL,   QEMU,     1, 1,  0, false",
        "EPOLL,   QEMU,     1, 1, 20, true",
        "EPOLL,   QEMU,     4, 2,  0, true",
        "EPOLL,   QEMU,     4, 2, 20, false",
        "EPOLL,   LIBBLKIO, 1, 1,  0, true",
        "EPOLL,   LIBBLKIO, 1, 1, 20, false",
        "EPOLL,   LIBBLKIO, 3, 1,  0, false",
        "EPOLL,   LIBBLKIO, 4, 2, 20, true",
        "IO_URING, QEMU,     1, 1,  0, false",
        "IO_URING, QEMU,     1, 1, 20, true",
        "IO_URING, QEMU,     4, 2,  0, true",
        "IO_URING, QEMU,     4, 2, 20, false",
        "IO_URING, LIBBLKIO, 1, 1,  0, true",
        "IO_URING, LIBBLKIO, 1, 1, 20, false",
        "IO_URING, LIBBLKIO, 3, 1,  0, false",
        "IO_URING, LIBBLKIO, 4, 2, 20, true",
    })
    void everyRequestIsAnsweredOnceAndNotified(Transport transport, Style style, int queues, int workers,
            long pollMicros, boolean eventIdx) throws IOException {
        var options = new WorkerOptions(workers, pollMicros, List.of(), transport);
        try (WireRig<VirtioDevice> rig = WireRig.serve(device(queues), options);
                FakeFrontend frontend = rig.connect(style)) {
            frontend.negotiate(eventIdx ? Code.EVENT_IDX : 0).shareRam();
            assertThat(frontend.askU64(Code.GET_QUEUE_NUM)).isEqualTo(queues);
            List<FakeDisk> disks = new ArrayList<>();
            for (int i = 0; i < queues; i++) {
                disks.add(frontend.startDisk(i, 64));
            }
            for (FakeDisk disk : disks) {
                writeAndRead(disk);
                oneAtATime(disk);
            }
            for (FakeDisk disk : disks) {
                int index = disk.ring().index();
                assertThat(frontend.getVringBase(index)).isEqualTo(disk.ring().nextAvailable());
            }
            noneLost(rig.server());
        }
    }

    /** Batches as large as the ring allows. */
    private void writeAndRead(FakeDisk disk) throws LinuxException {
        int batch = disk.places();
        for (int round = 0; round < ROUNDS / batch + 1; round++) {
            for (int i = 0; i < batch; i++) {
                disk.submitWrite(sector(disk, i), contents(round, i));
            }
            for (int i = 0; i < batch; i++) {
                assertThat(disk.await().status()).isZero();
            }
        }
        byte[] written = contents(ROUNDS / batch, batch - 1);
        FakeDisk.Answer answer = disk.read(sector(disk, batch - 1), written.length);
        assertThat(answer.status()).isZero();
        assertThat(answer.usedLength()).isEqualTo(written.length + 1);
        expectRead(answer.data(), written);
    }

    /** Each request meets a worker that is about to sleep, or sleeps. */
    private void oneAtATime(FakeDisk disk) throws LinuxException {
        for (int i = 0; i < ROUNDS; i++) {
            assertThat(disk.read(sector(disk, 0), FakeDisk.SECTOR).status()).isZero();
        }
        disk.submitFlush();
        assertThat(disk.await().status()).isZero();
    }

    private static void noneLost(DeviceServer server) {
        server.counters().vrings().forEach(vring -> assertThat(vring.lostWakeups.get()).isZero());
    }

    private static long sector(FakeDisk disk, int i) {
        return disk.ring().index() * 256L + i * 4L;
    }

    private static byte[] contents(int round, int i) {
        byte[] bytes = new byte[4 * FakeDisk.SECTOR];
        for (int at = 0; at < bytes.length; at++) {
            bytes[at] = (byte) (at * 31 + round * 7 + i);
        }
        return bytes;
    }
}
