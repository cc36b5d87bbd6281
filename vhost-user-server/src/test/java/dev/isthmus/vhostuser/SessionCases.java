package dev.isthmus.vhostuser;

import dev.isthmus.fuzz.FuzzRandom;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.OwnedFd;
import dev.isthmus.vhostuser.ProtocolViolation.Rule;
import java.util.ArrayList;
import java.util.List;

/**
 * A front-end's messages in an order that makes sense, with the memory and the rings they speak of; and those that
 * break a rule only a session can know. One session at a time.
 */
final class SessionCases implements AutoCloseable {
    /** Regions are pages of one file. */
    private static final int PAGE = 4096;
    private static final int PAGES = 64;
    private static final long GUEST = 0x10_0000;
    private static final long USER = 0x7f00_0000_0000L;
    private static final int QUEUE_SIZE = 16;
    private static final int RING_PAGES = 2;

    private final FuzzRandom random;
    private final SharedRam ram = SharedRam.allocate(GUEST, USER, PAGES * PAGE);
    private final OwnedFd eventFd;
    private final OwnedFd notShared;
    private final List<Integer> regions = new ArrayList<>();
    private boolean running;

    SessionCases(FuzzRandom random, OwnedFd eventFd, OwnedFd notShared) throws LinuxException {
        this.random = random;
        this.eventFd = eventFd;
        this.notShared = notShared;
    }

    /** A message, and the descriptors that go with it, which stay this object's. */
    record Sent(byte[] bytes, List<OwnedFd> fds, boolean answered) {}

    void begin() {
        regions.clear();
        running = false;
    }

    private Sent message(int code, byte[] payload, OwnedFd... fds) {
        boolean ask = random.rarely(2);
        boolean reply = switch (code) {
            case 1, 11, 15, 17, 24, 31, 36 -> true;
            default -> ask;
        };
        return new Sent(Wire.message(code, 1 | (ask ? Wire.NEED_REPLY : 0), payload), List.of(fds), reply);
    }

    List<Sent> handshake() {
        return List.of(message(Code.GET_FEATURES, new byte[0]),
                message(Code.GET_PROTOCOL_FEATURES, new byte[0]),
                new Sent(Wire.message(16, 1, Wire.payload().u64(Sessions.PROTOCOL_FEATURES).bytes()), List.of(),
                        false),
                message(Code.SET_OWNER, new byte[0]),
                message(Code.SET_FEATURES, Wire.payload().u64(Sessions.OFFERED).bytes()));
    }

    /** All of the file but its first pages, which {@link #startRing} maps. */
    Sent anyMessage() {
        return switch (random.below(12)) {
            case 0 -> message(Code.GET_QUEUE_NUM, new byte[0]);
            case 1 -> message(Code.GET_MAX_MEM_SLOTS, new byte[0]);
            case 2 -> message(Code.GET_CONFIG, config(random.below(300), random.below(257)));
            case 3 -> message(Code.SET_CONFIG, config(random.below(8), random.below(3)));
            case 4 -> message(Code.SET_VRING_CALL, vringFd(), eventFd);
            case 5 -> message(Code.SET_VRING_ERR, vringFd(), eventFd);
            case 6 -> message(Code.SET_VRING_ENABLE, FakeFrontend.state(queue(), random.below(2)));
            case 7 -> message(Code.SET_VRING_NUM, FakeFrontend.state(1 + random.below(3), 1 << random.below(16)));
            case 8 -> message(Code.SET_VRING_BASE, FakeFrontend.state(1 + random.below(3), random.below(1 << 16)));
            case 9 -> message(Code.GET_VRING_BASE, FakeFrontend.state(1 + random.below(3), 0));
            case 10 -> addRegion();
            default -> regions.isEmpty() || random.rarely(3) ? removeUnknown() : removeRegion();
        };
    }

    private int queue() {
        return random.below(MessageCases.QUEUES);
    }

    private byte[] vringFd() {
        return FakeFrontend.vringFd(queue());
    }

    private static byte[] config(int offset, int size) {
        return Wire.payload().u32(offset).u32(size).u32(0).raw(new byte[size]).bytes();
    }

    private Sent addRegion() {
        int page = RING_PAGES + random.below(PAGES - RING_PAGES);
        if (regions.contains(page)) {
            return removeRegion(page);
        }
        regions.add(page);
        return message(Code.ADD_MEM_REG, single(page, 1), ram.file());
    }

    private Sent removeRegion() {
        return removeRegion(regions.get(random.below(regions.size())));
    }

    private Sent removeRegion(int page) {
        regions.remove(Integer.valueOf(page));
        return message(Code.REM_MEM_REG, single(page, 1));
    }

    private Sent removeUnknown() {
        return message(Code.REM_MEM_REG, single(PAGES + random.below(99), 1));
    }

    private static byte[] single(int page, int pages) {
        return Wire.payload().u64(0).raw(region(page, pages)).bytes();
    }

    private static byte[] region(long page, long pages) {
        return Wire.region(GUEST + page * PAGE, pages * PAGE, USER + page * PAGE, page * PAGE);
    }

    /** Ring 0 in the first pages of the file, full of anything. */
    List<Sent> startRing() {
        running = true;
        for (int i = 0; i < QUEUE_SIZE; i++) {
            ram.putU64(16L * i, random.rarely(4) ? random.next() : GUEST + random.below(RING_PAGES * PAGE));
            ram.putU32(16L * i + 8, random.rarely(8) ? random.next() : random.below(PAGE));
            ram.putU16(16L * i + 12, random.below(8));
            ram.putU16(16L * i + 14, random.below(QUEUE_SIZE + 1));
            ram.putU16(PAGE + 4 + 2L * i, random.below(QUEUE_SIZE + (random.rarely(8) ? 1 : 0)));
        }
        ram.putU16(PAGE, random.below(2));
        ram.putU16(PAGE + 2, random.below(QUEUE_SIZE + 2));
        return List.of(message(Code.ADD_MEM_REG, single(0, RING_PAGES), ram.file()),
                message(Code.SET_VRING_NUM, FakeFrontend.state(0, QUEUE_SIZE)),
                message(Code.SET_VRING_BASE, FakeFrontend.state(0, 0)),
                message(Code.SET_VRING_ADDR, addresses(0)),
                message(Code.SET_VRING_CALL, FakeFrontend.vringFd(0), eventFd),
                message(Code.SET_VRING_ENABLE, FakeFrontend.state(0, 1)),
                message(Code.SET_VRING_KICK, FakeFrontend.vringFd(0), eventFd));
    }

    Sent stopRing() {
        running = false;
        return message(Code.GET_VRING_BASE, FakeFrontend.state(0, 0));
    }

    private static byte[] addresses(long shift) {
        return Wire.payload().u32(0).u32(0).u64(USER + shift).u64(USER + PAGE + 512).u64(USER + PAGE).u64(0).bytes();
    }

    /** A message that breaks one of these four rules here and now. */
    Sent breaking(Rule rule) {
        return switch (rule) {
            case FEATURES_NOT_OFFERED -> message(Code.SET_FEATURES,
                    Wire.payload().u64(Sessions.OFFERED | 1L << random.pick(5, 26, 33, 34, 40, 63)).bytes());
            case PROTOCOL_FEATURES_NOT_OFFERED -> message(Code.SET_PROTOCOL_FEATURES,
                    Wire.payload().u64(1L << random.pick(1, 6, 8, 13, 14, 17, 23, 63)).bytes());
            case MEMORY_REGION -> badRegion();
            default -> running ? badChange() : badFd();
        };
    }

    private Sent badFd() {
        return message(random.pick(12, 13, 14), vringFd(), ram.file());
    }

    private Sent badChange() {
        return switch (random.below(4)) {
            case 0 -> message(Code.SET_VRING_NUM, FakeFrontend.state(0, QUEUE_SIZE));
            case 1 -> message(Code.SET_VRING_BASE, FakeFrontend.state(0, 1));
            case 2 -> message(Code.SET_FEATURES, Wire.payload().u64(Code.VERSION_1).bytes());
            default -> message(Code.SET_VRING_ADDR, addresses(16));
        };
    }

    private Sent badRegion() {
        long high = -PAGE;
        byte[] region = switch (random.below(7)) {
            case 0 -> Wire.region(GUEST, 0, USER, 0);
            case 1 -> Wire.region(high, 2 * PAGE, USER + (1L << 40), 0);
            case 2 -> Wire.region(1L << 40, 2 * PAGE, high, 0);
            case 3 -> Wire.region(1L << 40, 2 * PAGE, USER + (1L << 40), high);
            case 4 -> Wire.region(1L << 40, Long.MIN_VALUE | random.next(), 0, 0);
            case 5 -> Wire.region(1L << 40, (PAGES + 1) * PAGE, USER + (1L << 40), 0);
            default -> Wire.region(1L << 40, PAGE, USER + (1L << 40), PAGES * PAGE);
        };
        boolean wrongFile = random.rarely(6);
        byte[] payload = Wire.payload().u64(0).raw(wrongFile ? region(PAGES + 1, 1) : region).bytes();
        if (random.rarely(4) && !running) {
            return message(Code.SET_MEM_TABLE,
                    Wire.payload().u32(2).u32(0).raw(region(3, 2)).raw(region(4, 2)).bytes(), ram.file(), ram.file());
        }
        return message(Code.ADD_MEM_REG, payload, wrongFile ? notShared : ram.file());
    }

    @Override
    public void close() {
        ram.close();
    }
}
