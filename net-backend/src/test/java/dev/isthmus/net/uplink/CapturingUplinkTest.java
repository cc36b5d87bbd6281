package dev.isthmus.net.uplink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.isthmus.linux.HostMemory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Over a loopback: every frame is captured when it is sent and when it comes back. */
class CapturingUplinkTest {
    private static final int FRAME_HEADER = UplinkQueue.HEADER_BYTES;

    @TempDir
    private Path directory;

    private final Arena arena = Arena.ofConfined();
    private final long memory = arena.allocate(70_000).address();
    private final long iovecs = arena.allocate(3 * 16, 8).address();
    private CapturingUplink uplink;
    private UplinkQueue queue;
    private Path file;

    @BeforeEach
    void open() throws IOException {
        uplink = CapturingUplink.around("card", LoopbackUplink.create());
        queue = uplink.open(0, Offloads.ALL);
        file = directory.resolve("card.pcap");
    }

    @AfterEach
    void close() throws IOException {
        queue.close();
        uplink.close();
        arena.close();
    }

    /** In three pieces, the first of which ends in the middle of the header. */
    private void describe(int bytes) {
        int[] cuts = {0, 5, FRAME_HEADER + 20, bytes};
        for (int i = 0; i < 3; i++) {
            HostMemory.putU64(iovecs + 16L * i, memory + cuts[i]);
            HostMemory.putU64(iovecs + 16L * i + 8, cuts[i + 1] - cuts[i]);
        }
    }

    private void sendAndReceive(int frameBytes, int value) {
        HostMemory.zero(memory, FRAME_HEADER);
        HostMemory.fill(memory + FRAME_HEADER, frameBytes, value);
        describe(FRAME_HEADER + frameBytes);
        assertThat(queue.send(iovecs, 3, FRAME_HEADER + frameBytes)).isEqualTo(UplinkQueue.SENT);
        describe(70_000);
        assertThat(queue.receive(iovecs, 3)).isEqualTo(FRAME_HEADER + frameBytes);
    }

    private record Frame(Instant time, byte[] bytes) {}

    private static List<Frame> read(Path file) throws IOException {
        ByteBuffer pcap = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(pcap.getInt()).as("magic of nanoseconds").isEqualTo(0xa1b23c4d);
        assertThat(pcap.getShort()).as("major version").isEqualTo((short) 2);
        assertThat(pcap.position(20).getInt()).as("link type").isEqualTo(1);
        List<Frame> frames = new ArrayList<>();
        while (pcap.hasRemaining()) {
            Instant time = Instant.ofEpochSecond(pcap.getInt(), pcap.getInt());
            byte[] bytes = new byte[pcap.getInt()];
            assertThat(pcap.getInt()).as("original length").isEqualTo(bytes.length);
            pcap.get(bytes);
            frames.add(new Frame(time, bytes));
        }
        return frames;
    }

    @Test
    void framesBothWaysAreInTheFileWhileItIsOpen() throws IOException {
        sendAndReceive(60, 1);
        uplink.startCapture(file, 1 << 20);
        sendAndReceive(1514, 2);
        sendAndReceive(60, 3);
        assertThat(uplink.isCapturing()).isTrue();
        uplink.stopCapture();
        sendAndReceive(60, 4);

        assertThat(uplink.isCapturing()).isFalse();
        List<Frame> frames = read(file);
        assertThat(frames).extracting(f -> f.bytes().length).containsExactly(1514, 1514, 60, 60);
        assertThat(frames).extracting(f -> f.bytes()[f.bytes().length - 1])
                .containsExactly((byte) 2, (byte) 2, (byte) 3, (byte) 3);
        assertThat(frames).allSatisfy(f -> assertThat(f.time()).isBetween(
                Instant.now().minus(Duration.ofHours(1)), Instant.now().plus(Duration.ofHours(1))));
        assertThat(uplink.lastCapture().frames()).isEqualTo(4);
        assertThat(uplink.lastCapture().bytes()).isEqualTo(Files.size(file));
        assertThat(uplink.lastCapture().lost()).isZero();
    }

    @Test
    void fileIsItsOwnersOnlyAndNeverAnotherOne() throws IOException {
        uplink.startCapture(file, 1 << 20);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> uplink.startCapture(directory.resolve("b.pcap"), 1 << 20))
                .withMessage("frames are being captured already, to " + file);
        uplink.stopCapture();

        assertThatExceptionOfType(IOException.class).isThrownBy(() -> uplink.startCapture(file, 1 << 20))
                .withMessage(file + " exists already");
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> uplink.startCapture(directory.resolve("no/a.pcap"), 1 << 20))
                .withMessageEndingWith("is in no directory that exists");
    }

    @Test
    void fileGrowsNoFurtherThanItMay() throws IOException {
        uplink.startCapture(file, 4096);
        for (int i = 0; i < 10; i++) {
            sendAndReceive(1000, i);
        }
        uplink.stopCapture();

        assertThat(Files.size(file)).isEqualTo(24 + 4 * (16 + 1000));
        assertThat(read(file)).hasSize(4);
        assertThat(uplink.lastCapture().isFull()).isTrue();
    }

    @Test
    void closedUplinkEndsTheFile() throws IOException {
        uplink.startCapture(file, 1 << 20);
        sendAndReceive(60, 1);
        uplink.close();

        assertThat(read(file)).hasSize(2);
    }

    @Test
    void ringLosesWhatItHasNoRoomForAndNothingElse() {
        var ring = new CaptureRing();
        int frameBytes = 60_001; // 17 of them, with their prefixes, fill a ring
        describe(FRAME_HEADER + frameBytes);
        List<Integer> values = new ArrayList<>();
        byte[] frame = new byte[70_000];
        for (int round = 0; round < 5; round++) {
            for (int i = 0; i < 18; i++) {
                HostMemory.fill(memory + FRAME_HEADER, frameBytes, i);
                ring.put(iovecs, 3, FRAME_HEADER + frameBytes, i);
            }
            int taken = ring.take(frame, (nanos, bytes, length) -> {
                byte[] expected = new byte[frameBytes];
                Arrays.fill(expected, (byte) nanos);
                assertThat(length).isEqualTo(frameBytes);
                assertThat(Arrays.equals(bytes, 0, length, expected, 0, length)).isTrue();
                values.add((int) nanos);
            });
            assertThat(taken).isEqualTo(17);
        }
        assertThat(ring.lost()).isEqualTo(5);
        assertThat(values.subList(0, 17)).isSorted().startsWith(0).endsWith(16);
    }
}
