package dev.isthmus.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.frontend.Frontend;
import dev.isthmus.frontend.FrontendVring;
import dev.isthmus.frontend.SharedMemory;
import dev.isthmus.frontend.SplitDriverVirtqueue;
import dev.isthmus.linux.EventFd;
import dev.isthmus.linux.OwnedFd;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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
    private static final int BLOCKS = IMAGE_BYTES / BlkRequests.BLOCK;

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
            assertThat(contents.getLong(block * BlkRequests.BLOCK)).as("block %d", block).isEqualTo(mark(block, 1));
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
            assertThat(capacity(frontend)).isEqualTo(IMAGE_BYTES / 512);
            frontend.share(rings);
            frontend.share(data);
            for (int i = 0; i < QUEUES; i++) {
                SplitDriverVirtqueue queue = SplitDriverVirtqueue.create(rings, 128, features, 65400, 4);
                try (FrontendVring vring = frontend.start(i, queue, call)) {
                    var requests = new BlkRequests(queue, vring, data, call);
                    for (int block = i; block < BLOCKS; block += QUEUES) {
                        requests.write(block, mark(block, connection));
                        assertThat(requests.read(block)).isEqualTo(mark(block, connection));
                    }
                    requests.flush();
                    assertThat(vring.stop()).isEqualTo(65400 + requests.count() & 0xffff);
                }
            }
        }
    }

    private static long capacity(Frontend frontend) throws IOException {
        return ByteBuffer.wrap(frontend.configuration(0, 8)).order(ByteOrder.LITTLE_ENDIAN).getLong();
    }
}
