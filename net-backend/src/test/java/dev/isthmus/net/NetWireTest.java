package dev.isthmus.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.fuzz.LeavesNothing;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.loop.Transport;
import dev.isthmus.net.uplink.LoopbackUplink;
import dev.isthmus.net.uplink.Offloads;
import dev.isthmus.net.uplink.Uplink;
import dev.isthmus.net.uplink.UplinkAbilities;
import dev.isthmus.spec.Clause;
import dev.isthmus.vhostuser.Code;
import dev.isthmus.vhostuser.FakeFrontend;
import dev.isthmus.vhostuser.WireRig;
import dev.isthmus.vring.VringCounters;
import dev.isthmus.vring.WorkerOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A card over a real socket, real shared memory and real eventfds. */
@LeavesNothing
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NetWireTest {
    private static final int SIZE = 16;
    private static final int ROUNDS = 300;

    @ParameterizedTest(name = "{0}, {1}, {2} pairs, {3} workers, polling {4} us, EVENT_IDX {5}, mergeable {6}")
    @CsvSource({
        "EPOLL,    QEMU,     1, 1,  0, false, true",
        "EPOLL,    QEMU,     3, 2, 20, true,  false",
        "EPOLL,    LIBBLKIO, 2, 4,  0, true,  true",
        "IO_URING, QEMU,     1, 1,  0, true,  false",
        "IO_URING, QEMU,     3, 2, 20, false, true",
        "IO_URING, LIBBLKIO, 2, 1,  0, true,  true"})
    void everyFrameComesBackOnceAndNotified(Transport transport, FakeFrontend.Style style, int pairs, int workers,
            long pollMicros, boolean eventIdx, boolean mergeable) throws IOException {
        var options = new WorkerOptions(workers, pollMicros, List.of(), transport);
        try (WireRig<NetDevice> rig = WireRig.serve(device(pairs, LoopbackUplink.create()), options);
                FakeFrontend frontend = rig.connect(style)) {
            frontend.negotiate((eventIdx ? Code.EVENT_IDX : 0) | (mergeable ? NetRig.F_MRG_RXBUF : 0)).shareRam();
            assertThat(frontend.askU64(Code.GET_QUEUE_NUM)).isEqualTo(pairs);
            List<FakeCard> cards = new ArrayList<>();
            for (int i = 0; i < pairs; i++) {
                cards.add(FakeCard.start(frontend, i, SIZE));
            }
            for (FakeCard card : cards) {
                for (int i = 0; i < ROUNDS; i++) {
                    byte[] frame = NetRig.frame(14 + i * 5, i);
                    card.send(frame);
                    assertThat(card.await()).isEqualTo(frame);
                }
            }
            for (FakeCard card : cards) {
                assertThat(frontend.getVringBase(card.receiveRing().index())).as("none of those in reserve counts")
                        .isEqualTo(card.receiveRing().usedIndex()).isEqualTo(ROUNDS);
                assertThat(frontend.getVringBase(card.transmitRing().index())).isEqualTo(ROUNDS);
            }
            rig.server().counters().vrings().forEach(vring -> assertThat(vring.lostWakeups.get()).isZero());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"EPOLL", "IO_URING"})
    void frameThatArrivesWakesASleepingWorker(Transport transport) throws IOException {
        ScriptedUplink uplink = ScriptedUplink.signalling();
        try (WireRig<NetDevice> rig = WireRig.serve(device(1, uplink), new WorkerOptions(1, 0, List.of(), transport));
                FakeFrontend frontend = rig.connected(Code.EVENT_IDX | NetRig.F_MRG_RXBUF)) {
            FakeCard card = FakeCard.start(frontend, 0, SIZE);
            for (int i = 0; i < ROUNDS; i++) {
                uplink.arrives(NetRig.header(), NetRig.frame(100, i));
                assertThat(card.await()).isEqualTo(NetRig.frame(100, i));
            }
            assertThat(frontend.getVringBase(0)).isEqualTo(ROUNDS);
            long kicks = rig.server().counters().vrings().getFirst().kicks.get();
            assertThat(kicks).as("buffers that are offered wake nobody").isLessThan(ROUNDS / 4);
        }
    }

    /** The watchdog looks ten times a second; here it has looked a few times at least. */
    @Test
    void buffersThatWaitForFramesAreNoChainsThatNobodyTakes() throws IOException {
        try (WireRig<NetDevice> rig = WireRig.serve(device(1, ScriptedUplink.signalling()));
                FakeFrontend frontend = rig.connected(NetRig.F_MRG_RXBUF)) {
            FakeCard card = FakeCard.start(frontend, 0, SIZE);
            long begin = System.nanoTime();
            while (System.nanoTime() - begin < 500_000_000L) {
                card.send(NetRig.frame(60, 1));
                LockSupport.parkNanos(50_000_000L);
            }
            VringCounters receive = rig.server().counters().vrings().getFirst();
            assertThat(receive.notTakenLooks.get()).isZero();
            assertThat(receive.stalls.get()).isZero();
        }
    }

    @Test
    void frameThatFindsNoBufferIsDeliveredWhenOneIsOffered() throws IOException {
        ScriptedUplink uplink = ScriptedUplink.signalling();
        try (WireRig<NetDevice> rig = WireRig.serve(device(1, uplink));
                FakeFrontend frontend = rig.connected(Code.EVENT_IDX)) {
            FakeCard card = FakeCard.start(frontend, 0, 1);
            for (int i = 0; i < ROUNDS; i++) {
                uplink.arrives(NetRig.header(), NetRig.frame(60, i));
                uplink.arrives(NetRig.header(), NetRig.frame(61, i));
                assertThat(card.await()).isEqualTo(NetRig.frame(60, i));
                assertThat(card.await()).isEqualTo(NetRig.frame(61, i));
            }
        }
    }

    @Test
    @Clause("vhost-user, Ring states")
    void disabledRingsDiscardWhatIsSentAndReceiveNothing() throws IOException {
        ScriptedUplink uplink = ScriptedUplink.signalling();
        try (WireRig<NetDevice> rig = WireRig.serve(device(1, uplink)); FakeFrontend frontend = rig.connected(0)) {
            FakeCard card = FakeCard.start(frontend, 0, SIZE);
            card.send(NetRig.frame(60, 1));
            frontend.enable(0, false);
            frontend.enable(1, false);
            uplink.arrives(NetRig.header(), NetRig.frame(64, 0));

            card.send(NetRig.frame(60, 2));
            card.send(NetRig.frame(60, 3));

            assertThat(rig.device().counters().get(1).drops(DropCause.DISABLED).get()).isEqualTo(2);
            assertThat(card.receiveRing().usedIndex()).isZero();
            frontend.enable(0, true);
            frontend.enable(1, true);
            card.send(NetRig.frame(60, 4));
            assertThat(card.await()).as("what waited").isEqualTo(NetRig.frame(64, 0));
            assertThat(uplink.sent.stream().map(all -> Arrays.copyOfRange(all, NetRig.HEADER, all.length)))
                    .containsExactly(NetRig.frame(60, 1), NetRig.frame(60, 4));
        }
    }

    @Test
    void memoryMayChangeWhileBuffersAreInReserve() throws IOException {
        try (WireRig<NetDevice> rig = WireRig.serve(device(1, LoopbackUplink.create()));
                FakeFrontend frontend = rig.connected(NetRig.F_MRG_RXBUF)) {
            FakeCard card = FakeCard.start(frontend, 0, SIZE);
            for (int i = 0; i < ROUNDS; i++) {
                card.send(NetRig.frame(60, i));
                if (i % 10 == 0) {
                    frontend.setMemTable(frontend.ram());
                }
                assertThat(card.await()).isEqualTo(NetRig.frame(60, i));
            }
        }
    }

    @Test
    void ringsGoOnWhereTheyStoppedWithAnotherFrontend() throws IOException {
        try (WireRig<NetDevice> rig = WireRig.serve(device(1, LoopbackUplink.create()))) {
            for (int connection = 0; connection < 3; connection++) {
                try (FakeFrontend frontend = rig.connected(0)) {
                    FakeCard card = FakeCard.start(frontend, 0, SIZE);
                    card.send(NetRig.frame(60, connection));
                    assertThat(card.await()).isEqualTo(NetRig.frame(60, connection));
                }
                rig.awaitDisconnected();
            }
            assertThat(rig.device().counters().get(0).frames.get()).isEqualTo(3);
        }
    }

    @Test
    void cardWhoseUplinkCannotBeOpenedWorksAndMovesNothing() throws IOException {
        ScriptedUplink uplink = ScriptedUplink.create();
        uplink.breaks();
        try (WireRig<NetDevice> rig = WireRig.serve(device(1, uplink)); FakeFrontend frontend = rig.connected(0)) {
            FakeCard.start(frontend, 0, SIZE).send(NetRig.frame(60, 0));
            assertThat(rig.device().counters().get(1).drops(DropCause.UPLINK_DOWN).get()).isEqualTo(1);
        }
    }

    @Test
    @Clause("vhost-user, VHOST_USER_SEND_RARP")
    void announcementIsSentByTheGuestsAddressToEverybody() throws IOException {
        ScriptedUplink uplink = ScriptedUplink.create();
        try (WireRig<NetDevice> rig = WireRig.serve(device(1, uplink)); FakeFrontend frontend = rig.connect(
                FakeFrontend.Style.QEMU)) {
            frontend.negotiateWith(Code.MQ | Code.REPLY_ACK | 1L << 2 | 1L << 4).shareRam();
            FakeCard card = FakeCard.start(frontend, 0, SIZE);
            frontend.set(19, new byte[] {2, 0, 0, 0, 0, 7, 0, 0});
            card.send(NetRig.frame(60, 0));
            card.send(NetRig.frame(60, 1));

            byte[] rarp = uplink.sent.stream().filter(f -> f[NetRig.HEADER] == (byte) 0xff).findFirst().orElseThrow();
            assertThat(Arrays.copyOfRange(rarp, 12, 26)).isEqualTo(new byte[] {-1, -1, -1, -1, -1, -1, 2, 0, 0, 0, 0, 7,
                (byte) 0x80, 0x35});
            assertThat(Arrays.copyOfRange(rarp, 26, 54)).isEqualTo(new byte[] {0, 1, 8, 0, 6, 4, 0, 3,
                2, 0, 0, 0, 0, 7, 0, 0, 0, 0, 2, 0, 0, 0, 0, 7, 0, 0, 0, 0});
        }
    }

    @Test
    @Clause("vhost-user, VHOST_USER_NET_SET_MTU")
    void mtuBeyondTheUplinksIsRefused() throws LinuxException, IOException {
        try (WireRig<NetDevice> rig = WireRig.serve(device(1, ScriptedUplink.with(
                new UplinkAbilities(Offloads.NONE,
                        Offloads.NONE, 1500, 1))));
                FakeFrontend frontend = rig.connect(FakeFrontend.Style.QEMU)) {
            frontend.negotiateWith(Code.MQ | Code.REPLY_ACK | 1L << 4);
            assertThat(frontend.tell(20, mtu(1500))).isTrue();
            assertThat(frontend.tell(20, mtu(1501))).isFalse();
            assertThat(frontend.tell(20, mtu(67))).isFalse();
            assertThat(frontend.tell(20, mtu(68))).isTrue();
        }
    }

    private static byte[] mtu(int mtu) {
        return new byte[] {(byte) mtu, (byte) (mtu >> 8), 0, 0, 0, 0, 0, 0};
    }

    private static NetDevice device(int pairs, Uplink uplink) {
        return NetDevice.create("card", new NetDeviceOptions(pairs, 0), uplink);
    }
}
