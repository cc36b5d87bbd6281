package dev.isthmus.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.frontend.DriverChain;
import dev.isthmus.frontend.DriverVirtqueue;
import dev.isthmus.frontend.Frontend;
import dev.isthmus.frontend.FrontendVring;
import dev.isthmus.frontend.SharedMemory;
import dev.isthmus.frontend.SplitDriverVirtqueue;
import dev.isthmus.linux.EventFd;
import dev.isthmus.linux.HostMemory;
import dev.isthmus.linux.OwnedFd;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** This project's front-end library drives back-end processes, its own and one that knows nothing of it. */
@Tag("block")
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FrontendIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int QUEUES = 2;
    private static final int IMAGE_BYTES = 1 << 20;
    private static final int BLOCK = 4096;
    private static final int BLOCKS = IMAGE_BYTES / BLOCK;
    private static final int SECTORS_PER_BLOCK = BLOCK / 512;

    // virtio 1.3, 5.2.6
    private static final int IN = 0;
    private static final int OUT = 1;
    private static final int FLUSH = 4;
    private static final int NOT_ANSWERED = 0xee;

    @TempDir
    private Path directory;

    @ParameterizedTest(name = "qemu-storage-daemon {0}, features {1}")
    @CsvSource({
        "false, 0x100000000",
        "false, 0x120000000",
        "false, 0x130000000",
        "true,  0x100000000",
        "true,  0x120000000",
        "true,  0x130000000",
    })
    void whatItWritesItReadsAndIsInTheImage(boolean peer, long features) throws Exception {
        var image = Files.write(directory.resolve("image"), new byte[IMAGE_BYTES]);
        var disk = Disk.of("frontend", directory, image).withQueues(QUEUES);
        try (var server = peer ? BackendProcess.servePeer("frontend", disk) : BackendProcess.serve("frontend", disk)) {
            // Twice: what the first connection leaves must not disturb the second.
            for (int connection = 0; connection < 2; connection++) {
                writeAndRead(server.socket(), features, connection);
            }
        }
        var contents = ByteBuffer.wrap(Files.readAllBytes(image)).order(ByteOrder.LITTLE_ENDIAN);
        for (int block = 0; block < BLOCKS; block++) {
            assertThat(contents.getLong(block * BLOCK)).as("block %d", block).isEqualTo(mark(block, 1));
        }
    }

    private static long mark(int block, int connection) {
        return block * 1000L + connection;
    }

    private static void writeAndRead(Path socket, long features, int connection) throws IOException {
        try (Frontend frontend = Frontend.connect(socket, TIMEOUT);
                OwnedFd call = EventFd.createBlocking();
                SharedMemory rings = SharedMemory.allocate(1 << 17, 0x1_0000_0000L);
                SharedMemory data = SharedMemory.allocate(1 << 17)) {
            assertThat(frontend.negotiate(features | 1L << 9 | 1L << 12) & features).isEqualTo(features);
            assertThat(frontend.queueCount()).isEqualTo(QUEUES);
            assertThat(capacity(frontend)).isEqualTo(BLOCKS * SECTORS_PER_BLOCK);
            frontend.share(rings);
            frontend.share(data);
            for (int i = 0; i < QUEUES; i++) {
                SplitDriverVirtqueue queue = SplitDriverVirtqueue.create(rings, 128, features, 65400, 4);
                try (FrontendVring vring = frontend.start(i, queue, call)) {
                    var requests = new Requests(queue, vring, data, call);
                    for (int block = i; block < BLOCKS; block += QUEUES) {
                        requests.write(block, mark(block, connection));
                        assertThat(requests.read(block)).isEqualTo(mark(block, connection));
                    }
                    requests.submit(FLUSH, 0, false);
                    assertThat(vring.stop()).isEqualTo(65400 + requests.count & 0xffff);
                }
            }
        }
    }

    private static long capacity(Frontend frontend) throws IOException {
        return ByteBuffer.wrap(frontend.configuration(0, 8)).order(ByteOrder.LITTLE_ENDIAN).getLong();
    }

    /** One request after the other. */
    private static final class Requests {
        private final DriverVirtqueue queue;
        private final FrontendVring vring;
        private final OwnedFd call;
        private final SharedMemory memory;
        private final DriverChain chain = DriverChain.withRoomFor(3);
        private final long header;
        private final long data;
        private final long counter;
        private int count;

        Requests(DriverVirtqueue queue, FrontendVring vring, SharedMemory memory, OwnedFd call) {
            this.queue = queue;
            this.vring = vring;
            this.call = call;
            this.memory = memory;
            this.header = memory.take(32, 64);
            this.data = memory.take(BLOCK, BLOCK);
            this.counter = memory.take(8, 8);
        }

        void write(int block, long value) {
            HostMemory.fill(data, BLOCK, 0);
            HostMemory.putU64(data, value);
            submit(OUT, block, true);
        }

        long read(int block) {
            HostMemory.fill(data, BLOCK, 0xff);
            submit(IN, block, true);
            byte[] bytes = new byte[BLOCK - 8];
            HostMemory.copy(data + 8, bytes, 0, bytes.length);
            assertThat(Arrays.equals(bytes, new byte[BLOCK - 8])).isTrue();
            return HostMemory.u64(data);
        }

        void submit(int type, int block, boolean withData) {
            HostMemory.putU32(header, type);
            HostMemory.putU64(header + 8, (long) block * SECTORS_PER_BLOCK);
            HostMemory.putU8(header + 16, NOT_ANSWERED);
            chain.clear();
            chain.addReadable(memory.guestAddressOf(header), 16);
            if (withData && type == OUT) {
                chain.addReadable(memory.guestAddressOf(data), BLOCK);
            } else if (withData) {
                chain.addWritable(memory.guestAddressOf(data), BLOCK);
            }
            chain.addWritable(memory.guestAddressOf(header + 16), 1);
            int head = queue.add(chain);
            assertThat(head).isNotNegative();
            if (queue.publish()) {
                vring.kick();
            }
            count++;
            while (!queue.awaitNotification()) {
                EventFd.await(call.number(), counter);
            }
            assertThat(queue.pending()).isEqualTo(1);
            assertThat(queue.takeUsed()).isEqualTo(head);
            assertThat(HostMemory.u8(header + 16)).as("status").isZero();
            assertThat(queue.usedLength()).isEqualTo(type == IN ? BLOCK + 1 : 1);
        }
    }
}
