package dev.isthmus.vhostuser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.fuzz.LeavesNothing;
import dev.isthmus.fuzz.ProcessResources;
import dev.isthmus.linux.EventFd;
import dev.isthmus.linux.FileIo;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.OwnedFd;
import dev.isthmus.vhostuser.ProtocolViolation.Rule;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each rule a front-end can break while a ring runs: the connection is closed, one line says what was wrong, nothing is
 * left, and another device of the process goes on.
 */
@LeavesNothing
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ViolationTest {
    private static final int SIZE = 16;
    private static final int PAGE = 4096;
    private static final long FREE_GUEST = 1L << 40;

    /** What is sent by whom; descriptors are closed afterwards. */
    private interface Sender {
        void send(FakeFrontend frontend, FakeRing ring, List<OwnedFd> fds) throws LinuxException;
    }

    private record Violation(String name, Rule rule, String said, Sender sender) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Violation of(String name, Rule rule, String said, Sender sender) {
        return new Violation(name, rule, said, sender);
    }

    private static Violation message(String name, Rule rule, String said, int code, byte[] payload) {
        return of(name, rule, said, (frontend, ring, fds) -> frontend.send(code, 9, payload));
    }

    private static byte[] u64(long value) {
        return Wire.payload().u64(value).bytes();
    }

    private static byte[] addresses(int index, long descriptors, long available, long used) {
        return Wire.payload().u32(index).u32(0).u64(descriptors).u64(used).u64(available).u64(0).bytes();
    }

    private static Sender region(long guest, long size, long user, long offset) {
        return (frontend, ring, fds) -> frontend.send(Code.ADD_MEM_REG, 9,
                Wire.payload().u64(0).raw(Wire.region(guest, size, user, offset)).bytes(), frontend.ram().file());
    }

    /** Ring 1 with everything right but its addresses. */
    private static Sender ring(long descriptors, long available, long used) {
        return (frontend, ring, fds) -> {
            frontend.set(Code.SET_VRING_NUM, FakeFrontend.state(1, SIZE));
            frontend.set(Code.SET_VRING_ADDR, addresses(1, descriptors, available, used));
            frontend.send(Code.SET_VRING_KICK, 9, FakeFrontend.vringFd(1), ring.kick());
        };
    }

    private static Sender notAnEventFd(int code) {
        return (frontend, ring, fds) -> frontend.send(code, 9, FakeFrontend.vringFd(1), frontend.ram().file());
    }

    static Stream<Violation> framing() {
        return Stream.of(
                of("version 2", Rule.VERSION, "version 2", (f, r, fds) -> f.send(Code.GET_FEATURES, 2, new byte[0])),
                of("reserved flag", Rule.RESERVED_FLAGS, "0x10", (f, r, fds) -> f.send(1, 0x11, new byte[0])),
                of("reply", Rule.REPLY_FLAG, "reply flag", (f, r, fds) -> f.send(1, 5, new byte[0])),
                message("long payload", Rule.PAYLOAD_LIMIT, "300 bytes", Code.GET_CONFIG, new byte[300]),
                of("half a header", Rule.TRUNCATED, "after 5 of 12", (f, r, fds) -> {
                    f.sendBytes(new byte[] {1, 0, 0, 0, 1});
                    f.socket().shutdown();
                }),
                message("unknown request", Rule.UNKNOWN_REQUEST, "77", 77, new byte[0]),
                message("request not offered", Rule.UNKNOWN_REQUEST, "SET_LOG_BASE", 6, new byte[16]),
                message("payload size", Rule.PAYLOAD_SIZE, "4 bytes, must be 8", Code.SET_FEATURES, new byte[4]),
                of("a descriptor too many", Rule.DESCRIPTOR_COUNT, "2 descriptors", (f, r, fds) -> f.send(
                        Code.SET_VRING_CALL, 9, FakeFrontend.vringFd(0), r.call(), r.kick())),
                of("17 descriptors", Rule.DESCRIPTOR_COUNT, "descriptors", (f, r, fds) -> f.send(
                        Code.SET_VRING_CALL, 9, FakeFrontend.vringFd(0), many(fds, 17))),
                of("no descriptor", Rule.DESCRIPTOR_COUNT, "descriptors", (f, r, fds) -> f.send(
                        Code.SET_VRING_CALL, 9, FakeFrontend.vringFd(0))));
    }

    private static OwnedFd[] many(List<OwnedFd> fds, int count) throws LinuxException {
        for (int i = 0; i < count; i++) {
            fds.add(EventFd.create());
        }
        return fds.toArray(new OwnedFd[0]);
    }

    static Stream<Violation> values() {
        long user = FakeFrontend.RAM_USER;
        return Stream.of(
                message("feature not offered", Rule.FEATURES_NOT_OFFERED, "0x400000000", 2, u64(1L << 34)),
                message("protocol feature not offered", Rule.PROTOCOL_FEATURES_NOT_OFFERED, "0x2000", 16, u64(0x2000)),
                message("queue 2 of 2", Rule.QUEUE_INDEX, "queue 2 of a device with 2", 10, FakeFrontend.state(2, 0)),
                message("size 3", Rule.QUEUE_SIZE, "3 entries", 8, FakeFrontend.state(1, 3)),
                message("size 65536", Rule.QUEUE_SIZE, "65536", 8, FakeFrontend.state(1, 65536)),
                message("base 65536", Rule.VRING_BASE, "65536", 10, FakeFrontend.state(1, 65536)),
                message("enable 2", Rule.VRING_ENABLE, "with 2", 18, FakeFrontend.state(1, 2)),
                message("bit 9", Rule.VRING_FD_FLAGS, "0x200", 13, u64(0x300)),
                message("address flag", Rule.VRING_ADDR_FLAGS, "0x2", 9,
                        Wire.payload().u32(1).u32(2).u64(0).u64(0).u64(0).u64(0).bytes()),
                message("two regions that are one", Rule.REGION_COUNT, "of 2 regions", 5,
                        Wire.payload().u32(2).u32(0).raw(new byte[32]).bytes()),
                message("config size", Rule.CONFIG_SIZE, "of 4 bytes", 24,
                        Wire.payload().u32(0).u32(4).u32(0).raw(new byte[8]).bytes()),
                message("config flags", Rule.CONFIG_FLAGS, "0x2", 25,
                        Wire.payload().u32(0).u32(1).u32(2).raw(new byte[1]).bytes()),
                of("kick is memory", Rule.VRING, "no eventfd", notAnEventFd(Code.SET_VRING_KICK)),
                of("call is memory", Rule.VRING, "no eventfd", notAnEventFd(Code.SET_VRING_CALL)),
                of("err is memory", Rule.VRING, "no eventfd", notAnEventFd(Code.SET_VRING_ERR)),
                of("descriptor table at 8", Rule.VRING, "not 16-byte", ring(user + 8, user + PAGE, user + 2 * PAGE)),
                of("available ring at 1", Rule.VRING, "not 2-byte", ring(user, user + 1, user + PAGE)),
                of("used ring at 2", Rule.VRING, "not 4-byte", ring(user, user + PAGE, user + 2)),
                of("ring outside memory", Rule.VRING, "one memory region", ring(user, user + PAGE, 0x1000)),
                of("ring over the end of memory", Rule.VRING, "one memory region",
                        ring(user + FakeFrontend.RAM_BYTES - 16, user, user + PAGE)),
                message("size while it runs", Rule.VRING, "while it runs", 8, FakeFrontend.state(0, SIZE)),
                message("base while it runs", Rule.VRING, "while it runs", 10, FakeFrontend.state(0, 0)),
                message("features while it runs", Rule.VRING, "while a ring runs", 2, u64(Code.VERSION_1)));
    }

    static Stream<Violation> memory() {
        long user = 1L << 41;
        return Stream.of(
                of("no bytes", Rule.MEMORY_REGION, "zero bytes", region(FREE_GUEST, 0, user, 0)),
                of("over the last guest address", Rule.MEMORY_REGION, "end of the address space",
                        region(-PAGE, 2 * PAGE, user, 0)),
                of("over the last user address", Rule.MEMORY_REGION, "end of the address space",
                        region(FREE_GUEST, 2 * PAGE, -PAGE, 0)),
                of("overlap in guest addresses", Rule.MEMORY_REGION, "overlap",
                        region(FakeFrontend.RAM_GUEST + PAGE, PAGE, user, 0)),
                of("overlap in user addresses", Rule.MEMORY_REGION, "overlap",
                        region(FREE_GUEST, PAGE, FakeFrontend.RAM_USER, 0)),
                of("larger than its file", Rule.MEMORY_REGION, "larger than its file",
                        region(FREE_GUEST, FakeFrontend.RAM_BYTES + 1, user, 0)),
                of("offset beyond its file", Rule.MEMORY_REGION, "larger than its file",
                        region(FREE_GUEST, PAGE, user, FakeFrontend.RAM_BYTES)),
                of("a file that is not shared memory", Rule.MEMORY_REGION, "share=on", (f, r, fds) -> {
                    fds.add(FileIo.open("/proc/self/exe", true, false));
                    f.send(Code.ADD_MEM_REG, 9, Wire.payload().u64(0).raw(Wire.region(FREE_GUEST, PAGE, user, 0))
                            .bytes(), fds.getFirst());
                }),
                of("an eventfd", Rule.MEMORY_REGION, "share=on", (f, r, fds) -> f.send(Code.ADD_MEM_REG, 9,
                        Wire.payload().u64(0).raw(Wire.region(FREE_GUEST, PAGE, user, 0)).bytes(), r.kick())));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"framing", "values", "memory"})
    void closesThisConnectionOnlyWithOneLine(Violation violation) throws IOException {
        ProcessResources before = ProcessResources.now();
        List<OwnedFd> fds = new ArrayList<>();
        try (WireRig<RecordingDevice> rig = WireRig.serve(new RecordingDevice("violated", 2));
                WireRig<RecordingDevice> other = WireRig.serve(new RecordingDevice("other", 1));
                FakeFrontend spared = other.connected(0);
                FakeFrontend frontend = rig.connected(0);
                LogLines log = new LogLines()) {
            FakeDisk unharmed = spared.startDisk(0, SIZE);
            FakeRing ring = frontend.startDisk(0, SIZE).ring();
            violation.sender().send(frontend, ring, fds);
            assertThat(frontend.isClosedByPeer()).isTrue();
            rig.awaitDisconnected();
            assertThat(rig.server().counters().violations(violation.rule())).as("%s", log.of("violated")).isOne();
            assertThat(log.of("violated")).singleElement().asString().contains(violation.said());
            assertThat(log.of("other")).isEmpty();
            assertThat(unharmed.read(0, FakeDisk.SECTOR).status()).isZero();
            FakeFrontend next = rig.connected(0);
            assertThat(next.startDisk(0, SIZE).read(0, FakeDisk.SECTOR).status()).isZero();
            next.close();
        } finally {
            fds.forEach(OwnedFd::close);
        }
        before.expectAgain();
    }
}
