package dev.isthmus.vhostuser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.fuzz.LeavesNothing;
import dev.isthmus.linux.Descriptors;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.UnixSocket;
import dev.isthmus.spec.Clause;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** GET_CONFIG, SET_CONFIG and CONFIG_CHANGE_MSG over a real socket. */
@LeavesNothing
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ConfigurationSpaceTest {
    private static final int SIZE = 16;

    private WireRig<RecordingDevice> rig;
    private FakeFrontend frontend;

    @BeforeEach
    void connect() throws IOException {
        rig = WireRig.serve(new RecordingDevice("config", 2));
        frontend = rig.connected(0);
    }

    @AfterEach
    void disconnect() throws IOException {
        frontend.close();
        rig.close();
    }

    private static byte[] contents(FakeFrontend.Message reply) {
        return Arrays.copyOfRange(reply.payload(), 12, reply.payload().length);
    }

    @ParameterizedTest(name = "{1} bytes at {0}")
    @CsvSource({"0, 8", "0, 0", "2, 3", "0, 60", "5, 20", "8, 4", "0, 256", "255, 1", "256, 0"})
    @Clause("vhost-user, VHOST_USER_GET_CONFIG")
    void isReadAsItIsAndAsZeroesBeyondItsEnd(int offset, int size) throws LinuxException {
        FakeFrontend.Message reply = frontend.getConfig(offset, size);
        byte[] all = Arrays.copyOf(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}, 256);
        assertThat(reply.payload()).hasSize(12 + size);
        assertThat(contents(reply)).isEqualTo(Arrays.copyOfRange(all, offset, offset + size));
    }

    @ParameterizedTest(name = "{1} bytes at {0}")
    @CsvSource({"1, 256", "256, 1", "4294967295, 1", "300, 0"})
    @Clause("vhost-user, VHOST_USER_GET_CONFIG")
    void readPastAllItCouldEverBeIsAnsweredWithoutPayload(long offset, int size) throws LinuxException {
        assertThat(frontend.getConfig(offset, size).payload()).isEmpty();
        assertThat(frontend.getConfig(0, 8).payload()).as("the connection goes on").hasSize(20);
    }

    @Test
    @Clause("vhost-user, VHOST_USER_SET_CONFIG")
    void onlyWhatTheDriverMayWriteIsWritten() throws LinuxException {
        assertThat(frontend.setConfig(3, (byte) 99)).isTrue();
        assertThat(frontend.setConfig(2, (byte) 98)).isFalse();
        assertThat(frontend.setConfig(4_294_967_295L, (byte) 97)).isFalse();
        assertThat(contents(frontend.getConfig(0, 8))).containsExactly(1, 2, 3, 99, 5, 6, 7, 8);
    }

    private static void expectChange(UnixSocket channel) throws LinuxException {
        FakeFrontend.Message message = FakeFrontend.receive(channel);
        assertThat(message.code()).isEqualTo(Code.CONFIG_CHANGE_MSG);
        assertThat(message.flags()).as("version 1, no need_reply").isEqualTo(1);
        assertThat(message.payload()).isEmpty();
    }

    private static void expectSilence(UnixSocket channel) {
        assertThat(Descriptors.awaitReadable(channel.fd(), 60)).isFalse();
    }

    @Test
    @Clause("vhost-user, Suspended device state")
    void frontendIsToldOnceWhenTheFirstRingStartsAndAtEachChangeWhileRingsRun() throws LinuxException {
        try (UnixSocket channel = frontend.openBackendChannel()) {
            expectSilence(channel);
            FakeDisk disk = frontend.startDisk(0, SIZE);
            expectChange(channel);
            frontend.startDisk(1, SIZE);
            expectSilence(channel);
            for (byte i = 0; i < 3; i++) {
                rig.device().changeConfiguration(new byte[] {i});
                expectChange(channel);
                assertThat(contents(frontend.getConfig(0, 1))).containsExactly(i);
            }
            expectSilence(channel);
            frontend.getVringBase(0);
            rig.device().changeConfiguration(new byte[] {50});
            expectChange(channel);
            frontend.getVringBase(1);
            rig.device().changeConfiguration(new byte[] {51});
            expectSilence(channel);
            frontend.start(disk.ring(), 0);
            expectChange(channel);
            expectSilence(channel);
        }
    }

    @Test
    void changeOnTheWayToAFrontendThatReadsNothingIsNoHarm() throws LinuxException {
        frontend.openBackendChannel().close();
        FakeDisk disk = frontend.startDisk(0, SIZE);
        rig.device().changeConfiguration(new byte[] {1});
        assertThat(disk.read(0, FakeDisk.SECTOR).status()).isZero();
    }

    @Test
    void secondChannelTakesThePlaceOfTheFirst() throws LinuxException {
        try (UnixSocket first = frontend.openBackendChannel(); UnixSocket second = frontend.openBackendChannel()) {
            assertThat(first.receive(new byte[1], 0, 1, new ArrayList<>())).as("closed").isZero();
            frontend.startDisk(0, SIZE);
            expectChange(second);
            expectSilence(second);
        }
    }

    @Test
    void everyConnectionIsToldAnew() throws IOException {
        for (int i = 0; i < 3; i++) {
            frontend.close();
            frontend = rig.connected(0);
            try (UnixSocket channel = frontend.openBackendChannel()) {
                frontend.startDisk(0, SIZE);
                expectChange(channel);
                expectSilence(channel);
            }
        }
    }
}
