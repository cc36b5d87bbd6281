package dev.isthmus.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.fuzz.ProcessResources;
import dev.isthmus.linux.EventFd;
import dev.isthmus.linux.HostMemory;
import dev.isthmus.linux.OwnedFd;
import dev.isthmus.linux.UnixSocket;
import dev.isthmus.vhostuser.ProtocolFeature;
import dev.isthmus.vhostuser.RecordingDevice;
import dev.isthmus.vhostuser.Waiting;
import dev.isthmus.vhostuser.WireRig;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against the back-end of this project, over a real socket, real shared memory and real eventfds. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FrontendWireTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final int ROUNDS = 300;
    private static final int SIZE = 16;
    private static final int PIECE = 512;

    @ParameterizedTest(
            name = "{0} queues, {1} workers, polling {2} us, features {3}, one region per queue {4}, not knowing {5}")
    @CsvSource({
        "1, 1,  0, 0x100000000, false, ",
        "1, 1, 20, 0x120000000, false, ",
        "1, 1,  0, 0x130000000, true,  CONFIGURE_MEM_SLOTS",
        "4, 2,  0, 0x120000000, true,  ",
        "4, 2, 20, 0x130000000, false, REPLY_ACK",
        "4, 1, 20, 0x100000000, true,  CONFIGURE_MEM_SLOTS",
    })
    void everyChainComesBackOnceAndNotified(int queues, int workers, long pollMicros, long features, boolean regions,
            @Nullable ProtocolFeature unknown) throws IOException {
        ProcessResources before = ProcessResources.now();
        try (WireRig<RecordingDevice> rig =
                WireRig.serve(new RecordingDevice("device", queues), workers, pollMicros)) {
            try (Frontend frontend = Frontend.over(UnixSocket.connect(rig.socket().toString()), TIMEOUT, without(
                    unknown));
                    OwnedFd call = EventFd.createBlocking()) {
                assertThat(frontend.queueCount()).isEqualTo(queues);
                assertThat(frontend.negotiate(features)).isEqualTo(features);
                List<SharedMemory> memories = share(frontend, regions ? queues : 1);
                List<FrontendVring> vrings = new ArrayList<>();
                List<Driver> drivers = new ArrayList<>();
                for (int i = 0; i < queues; i++) {
                    SharedMemory memory = memories.get(i % memories.size());
                    SplitDriverVirtqueue queue = SplitDriverVirtqueue.create(memory, SIZE, features, 65500, 4);
                    vrings.add(frontend.start(i, queue, call));
                    drivers.add(new Driver(queue, vrings.get(i), memory, call));
                }
                for (int round = 0; round < ROUNDS; round++) {
                    int batch = 1 + round % 5;
                    drivers.forEach(driver -> driver.offer(batch));
                    for (Driver driver : drivers) {
                        driver.awaitAll();
                    }
                }
                for (int i = 0; i < queues; i++) {
                    assertThat(vrings.get(i).hasFailed()).isFalse();
                    assertThat(vrings.get(i).stop()).isEqualTo(drivers.get(i).offered + 65500 & 0xffff);
                    vrings.get(i).close();
                }
                memories.forEach(SharedMemory::close);
            }
            rig.awaitDisconnected();
            rig.server().counters().vrings().forEach(vring -> assertThat(vring.lostWakeups.get()).isZero());
        }
        before.expectAgain();
    }

    private static List<ProtocolFeature> without(@Nullable ProtocolFeature unknown) {
        return Frontend.KNOWN.stream().filter(feature -> feature != unknown).toList();
    }

    private static List<SharedMemory> share(Frontend frontend, int regions) throws IOException {
        List<SharedMemory> memories = new ArrayList<>();
        for (int i = 0; i < regions; i++) {
            SharedMemory memory = SharedMemory.allocate(1 << 18, 0x1_0000_0000L + (i << 20));
            memories.add(memory);
            frontend.share(memory);
        }
        return memories;
    }

    /** Offers chains of one readable and two writable pieces and expects them back filled. */
    private static final class Driver {
        private final DriverVirtqueue queue;
        private final FrontendVring vring;
        private final OwnedFd call;
        private final long data;
        private final DriverChain chain = DriverChain.withRoomFor(3);
        private int offered;

        Driver(DriverVirtqueue queue, FrontendVring vring, SharedMemory memory, OwnedFd call) {
            this.queue = queue;
            this.vring = vring;
            this.call = call;
            this.data = memory.take(3 * PIECE, PIECE);
            long guest = memory.guestAddressOf(data);
            chain.addReadable(guest, PIECE);
            chain.addWritable(guest + PIECE, PIECE);
            chain.addWritable(guest + 2 * PIECE, PIECE);
        }

        void offer(int chains) {
            HostMemory.fill(data, 3L * PIECE, 1);
            for (int i = 0; i < chains; i++) {
                assertThat(queue.add(chain)).isNotNegative();
                offered++;
            }
            if (queue.publish()) {
                vring.kick();
            }
        }

        void awaitAll() {
            try (Arena arena = Arena.ofConfined()) {
                long counter = arena.allocate(8, 8).address();
                while (queue.inFlight() > 0) {
                    if (!queue.awaitNotification()) {
                        EventFd.await(call.number(), counter);
                    }
                    for (int count = queue.pending(); count > 0; count--) {
                        assertThat(queue.takeUsed()).isNotNegative();
                        assertThat(queue.usedLength()).isEqualTo(2 * PIECE);
                    }
                }
            }
            assertThat(HostMemory.u8(data + PIECE - 1)).isEqualTo(1);
            assertThat(HostMemory.u8(data + PIECE)).isEqualTo(RecordingDevice.FILL);
            assertThat(HostMemory.u8(data + 3 * PIECE - 2)).isEqualTo(RecordingDevice.FILL);
            assertThat(HostMemory.u8(data + 3 * PIECE - 1)).isZero();
        }
    }

    @Test
    void readsAndWritesTheConfigurationSpace() throws IOException {
        try (WireRig<RecordingDevice> rig = WireRig.serve(new RecordingDevice("device", 1));
                Frontend frontend = Frontend.connect(rig.socket(), TIMEOUT)) {
            frontend.negotiate(frontend.offeredFeatures());
            assertThat(frontend.configuration(2, 4)).containsExactly(3, 4, 5, 6);
            frontend.writeConfiguration(3, new byte[] {99});
            assertThat(frontend.configuration(0, 8)).containsExactly(1, 2, 3, 99, 5, 6, 7, 8);
        }
    }

    @Test
    void aBackendThatEndsIsGone() throws IOException {
        WireRig<RecordingDevice> rig = WireRig.serve(new RecordingDevice("device", 1));
        try (Frontend frontend = Frontend.connect(rig.socket(), TIMEOUT)) {
            assertThat(frontend.isGone()).isFalse();
            rig.close();
            assertThat(frontend.isGone()).isTrue();
        }
    }

    @Test
    void aRingTheBackendGaveUpHasFailed() throws IOException {
        try (WireRig<RecordingDevice> rig = WireRig.serve(new RecordingDevice("device", 1));
                Frontend frontend = Frontend.connect(rig.socket(), TIMEOUT);
                SharedMemory memory = SharedMemory.allocate(1 << 16);
                OwnedFd call = EventFd.create()) {
            frontend.negotiate(DriverVirtqueue.VERSION_1);
            frontend.share(memory);
            SplitDriverVirtqueue queue = SplitDriverVirtqueue.create(memory, 8, 0);
            try (FrontendVring vring = frontend.start(0, queue, call)) {
                assertThat(vring.hasFailed()).isFalse();
                // virtio 1.3, 2.7.13: an available index farther ahead than the queue is long.
                HostMemory.putU16(queue.availableRing() + 2, 9);
                vring.kick();
                Waiting.until("the ring has failed", vring::hasFailed);
            }
        }
    }
}
