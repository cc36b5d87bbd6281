package dev.isthmus.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.frontend.Frontend;
import dev.isthmus.frontend.FrontendVring;
import dev.isthmus.frontend.SharedMemory;
import dev.isthmus.frontend.SplitDriverVirtqueue;
import dev.isthmus.linux.EventFd;
import dev.isthmus.linux.OwnedFd;
import dev.isthmus.linux.UnixSocket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The life of one front-end of a disk with two queues, from connecting to its end, which may be a rude one. */
enum FrontendCycle {
    /** As it should be. */
    STOPS_ITS_RINGS {
        @Override
        void run(Path socket, int number) throws IOException {
            withRings(socket, rings -> {
                rings.writeAndRead(number);
                rings.stop();
            });
        }
    },
    GOES_AWAY_WITH_RINGS_STARTED {
        @Override
        void run(Path socket, int number) throws IOException {
            withRings(socket, rings -> rings.writeAndRead(number));
        }
    },
    GOES_AWAY_WITH_REQUESTS_IN_FLIGHT {
        @Override
        void run(Path socket, int number) throws IOException {
            withRings(socket, rings -> {
                rings.writeAndRead(number);
                rings.offer(number);
            });
        }
    },
    GOES_AWAY_AFTER_ITS_MEMORY {
        @Override
        void run(Path socket, int number) throws IOException {
            try (Frontend frontend = Frontend.connect(socket, TIMEOUT);
                    SharedMemory memory = SharedMemory.allocate(1 << 20)) {
                frontend.negotiate(FEATURES);
                frontend.share(memory);
            }
        }
    },
    GOES_AWAY_AT_ONCE {
        @Override
        void run(Path socket, int number) throws IOException {
            UnixSocket.connect(socket.toString()).close();
        }
    },
    GOES_AWAY_INSIDE_A_MESSAGE {
        @Override
        void run(Path socket, int number) throws IOException {
            try (UnixSocket raw = UnixSocket.connect(socket.toString()); OwnedFd event = EventFd.create()) {
                byte[] message = message(SET_VRING_KICK, bytes(8).putLong(0));
                byte[] half = new byte[1 + number % (message.length - 1)];
                System.arraycopy(message, 0, half, 0, half.length);
                raw.send(half, List.of(event, event));
            }
        }
    },
    BREAKS_THE_PROTOCOL {
        @Override
        void run(Path socket, int number) throws IOException {
            try (UnixSocket raw = UnixSocket.connect(socket.toString()); OwnedFd event = EventFd.create()) {
                raw.send(message(SET_VRING_KICK, bytes(8).putLong(-1)), List.of(event));
                assertThat(raw.receive(new byte[1], 0, 1, new ArrayList<>())).as("it is disconnected").isZero();
            }
        }
    },
    TRACKS_WHAT_IS_IN_FLIGHT {
        @Override
        void run(Path socket, int number) throws IOException {
            List<OwnedFd> region = new ArrayList<>();
            try (UnixSocket raw = UnixSocket.connect(socket.toString())) {
                raw.send(message(SET_FEATURES, bytes(8).putLong(FEATURES | PROTOCOL_FEATURES)), List.of());
                raw.send(message(SET_PROTOCOL_FEATURES, bytes(8).putLong(MQ | INFLIGHT_SHMFD)), List.of());
                raw.send(message(GET_INFLIGHT_FD, bytes(20).putLong(0).putLong(0).putShort((short) 2)
                        .putShort((short) 64)), List.of());
                byte[] reply = new byte[12 + 20];
                for (int filled = 0; filled < reply.length;) {
                    int received = raw.receive(reply, filled, reply.length - filled, region);
                    assertThat(received).as("the inflight region's description").isPositive();
                    filled += received;
                }
                raw.send(message(SET_INFLIGHT_FD, bytes(20).put(reply, 12, 20)), region);
            } finally {
                region.forEach(OwnedFd::close);
            }
        }
    };

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int QUEUES = 2;
    private static final int QUEUE_SIZE = 64;

    /** VIRTIO_F_VERSION_1, EVENT_IDX, VIRTIO_BLK_F_FLUSH and MQ. */
    private static final long FEATURES = 1L << 32 | 1L << 29 | 1L << 9 | 1L << 12;

    // The vhost-user specification, "Front-end message types" and "Protocol features".
    private static final int SET_FEATURES = 2;
    private static final int SET_VRING_KICK = 12;
    private static final int SET_PROTOCOL_FEATURES = 16;
    private static final int GET_INFLIGHT_FD = 31;
    private static final int SET_INFLIGHT_FD = 32;
    private static final long PROTOCOL_FEATURES = 1L << 30;
    private static final long MQ = 1;
    private static final long INFLIGHT_SHMFD = 1L << 12;

    /** @param number a different one for each cycle */
    abstract void run(Path socket, int number) throws IOException;

    /** Cycle after cycle another of these. */
    static FrontendCycle of(int number) {
        return values()[number % values().length];
    }

    private static byte[] message(int code, ByteBuffer payload) {
        return bytes(12 + payload.capacity()).putInt(code).putInt(1).putInt(payload.capacity()).put(payload.array())
                .array();
    }

    private static ByteBuffer bytes(int count) {
        return ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    }

    private interface Use {
        void of(Rings rings) throws IOException;
    }

    private static void withRings(Path socket, Use use) throws IOException {
        // The socket first: whoever dies says nothing before, and its memory is the back-end's as long as it needs it.
        try (OwnedFd call = EventFd.createBlocking(); SharedMemory memory = SharedMemory.allocate(1 << 18);
                Frontend frontend = Frontend.connect(socket, TIMEOUT)) {
            frontend.negotiate(FEATURES);
            frontend.share(memory);
            var rings = new Rings();
            try {
                for (int i = 0; i < QUEUES; i++) {
                    var queue = SplitDriverVirtqueue.create(memory, QUEUE_SIZE, FEATURES, 0, 4);
                    FrontendVring vring = frontend.start(i, queue, call);
                    rings.vrings.add(vring);
                    rings.requests.add(new BlkRequests(queue, vring, memory, call));
                }
                use.of(rings);
            } finally {
                rings.vrings.forEach(FrontendVring::close);
            }
        }
    }

    /** The queues of one connection, each with a block of its own. */
    private static final class Rings {
        private final List<FrontendVring> vrings = new ArrayList<>();
        private final List<BlkRequests> requests = new ArrayList<>();

        void writeAndRead(int number) {
            for (int i = 0; i < QUEUES; i++) {
                requests.get(i).write(i, number);
                assertThat(requests.get(i).read(i)).isEqualTo(number);
                requests.get(i).flush();
            }
        }

        void offer(int number) {
            for (int i = 0; i < QUEUES; i++) {
                requests.get(i).offerWrite(i, number);
            }
        }

        void stop() throws IOException {
            for (int i = 0; i < QUEUES; i++) {
                assertThat(vrings.get(i).stop()).isEqualTo(requests.get(i).count());
            }
        }
    }
}
