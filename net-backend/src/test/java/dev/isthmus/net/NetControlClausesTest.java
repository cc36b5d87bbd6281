package dev.isthmus.net;

import static dev.isthmus.virtqueue.Buffer.readable;
import static dev.isthmus.virtqueue.Buffer.writable;
import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.device.VringContext;
import dev.isthmus.device.VringHandler;
import dev.isthmus.spec.Clause;
import dev.isthmus.virtqueue.Chain;
import dev.isthmus.virtqueue.FakeDriver;
import dev.isthmus.virtqueue.SplitVirtqueue;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The control queue of a front-end that passes it on: virtio 1.3, 5.1.6.5. Numbers written down anew. */
class NetControlClausesTest {
    private static final int PAIRS = 4;
    private static final int OK = 0;
    private static final int ERR = 1;

    private final ScriptedUplink uplink = ScriptedUplink.create();
    private final NetDevice device = NetDevice.create("card", new NetDeviceOptions(PAIRS, 0), uplink);
    private final FakeDriver control = FakeDriver.withQueueSize(8);
    private final FakeDriver second = FakeDriver.withQueueSize(8);
    private SplitVirtqueue queue;
    private VringHandler handler;

    private void start(long unwanted) {
        long features = device.features() & ~unwanted | FakeDriver.WITH_NOTHING;
        device.start(features);
        boolean multiqueue = (features & NetRig.F_MQ) != 0;
        queue = control.start(features);
        handler = device.openVring(new VringContext(multiqueue ? 2 * PAIRS : 2, queue, features, () -> {}, null));
        handler.setEnabled(true);
    }

    @AfterEach
    void free() throws IOException {
        if (handler != null) {
            handler.close();
            queue.close();
        }
        device.stop();
        device.close();
        control.close();
        second.close();
    }

    private int answer(int... command) {
        byte[] bytes = new byte[command.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) command[i];
        }
        Chain chain = control.offer(readable(Arrays.copyOf(bytes, 2)), readable(Arrays.copyOfRange(bytes, 2,
                bytes.length)), writable(1));
        handler.takeAvailable(8);
        queue.publish();
        control.expectUsed(chain, 1);
        return chain.lastByte();
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "0, 1", "1, 0", "1, 1"})
    @Clause("virtio 1.3, 5.1.6.5.1.1")
    void promiscuousAndAllMulticastAreSupported(int command, int on) {
        start(0);
        assertThat(answer(0, command, on)).isEqualTo(OK);
    }

    @Test
    @Clause("virtio 1.3, 5.1.6.5.2.1")
    void tablesOfAddressesAreTakenAsLongAsTheySay() {
        start(0);
        assertThat(answer(1, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0, 1, 0, 0, 0, 0)).isEqualTo(OK);
        assertThat(answer(1, 0, 0, 0, 0, 0, 0, 0, 0, 0)).isEqualTo(OK);
        assertThat(answer(1, 0, 2, 0, 0, 0, 2, 0, 0, 0, 0, 1, 0, 0, 0, 0)).isEqualTo(ERR);
        assertThat(answer(1, 0, 0, 0, 0, 0)).isEqualTo(ERR);
        assertThat(answer(1, 0, 255, 255, 255, 255, 0, 0, 0, 0)).isEqualTo(ERR);
        assertThat(answer(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7)).isEqualTo(ERR);
    }

    @Test
    @Clause("virtio 1.3, 5.1.6.5.2.1")
    void addressIsInConfigurationSpaceWhenTheCommandIsAnswered() {
        start(0);
        assertThat(answer(1, 1, 2, 3, 4, 5, 6, 7)).isEqualTo(OK);
        assertThat(Arrays.copyOf(device.configuration(), 6)).containsExactly(2, 3, 4, 5, 6, 7);
        assertThat(answer(1, 1, 2, 3, 4, 5, 6)).isEqualTo(ERR);
    }

    @Test
    @Clause("virtio 1.3, 5.1.6.5.4.2")
    void announcementIsAcknowledged() {
        start(0);
        assertThat(answer(3, 0)).isEqualTo(OK);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, PAIRS + 1, 255})
    void pairsThereAreNotAreRefused(int pairs) {
        start(0);
        assertThat(answer(4, 0, pairs, 0)).isEqualTo(ERR);
        assertThat(device.isActive(1)).isFalse();
    }

    @Test
    @Clause("virtio 1.3, 5.1.6.5.6.2")
    void framesAreReceivedOnAsManyPairsAsTheDriverHasAskedFor() {
        start(0);
        long features = device.features() | FakeDriver.WITH_NOTHING;
        SplitVirtqueue receiveQueue = second.start(features);
        VringHandler receiver = device.openVring(new VringContext(2, receiveQueue, features, () -> {}, null));
        receiver.setEnabled(true);
        second.offer(writable(500));
        second.offer(writable(500));
        uplink.arrives(NetRig.header(), NetRig.frame(60, 1));
        receiver.takeAvailable(8);
        receiveQueue.publish();
        second.expectNothingUsed();

        assertThat(answer(4, 0, 2, 0)).isEqualTo(OK);
        receiver.takeAvailable(8);
        receiveQueue.publish();
        assertThat(second.usedIndex()).isEqualTo(1);

        assertThat(answer(4, 0, 1, 0)).isEqualTo(OK);
        uplink.arrives(NetRig.header(), NetRig.frame(60, 1));
        receiver.takeAvailable(8);
        receiveQueue.publish();
        assertThat(second.usedIndex()).isEqualTo(1);
        assertThat(uplink.events).containsExactly("open 1", "receiving 1 false", "receiving 1 true",
                "receiving 1 false");
        receiver.letGo();
        receiver.close();
        receiveQueue.close();
    }

    @Test
    void withoutAControlQueueAllPairsReceive() {
        device.start(device.features());
        assertThat(device.isActive(PAIRS - 1)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"0, 2", "0, 5", "2, 0", "4, 1", "4, 2", "5, 0", "6, 0", "255, 255"})
    void whatIsNotOfferedIsRefused(int type, int command) {
        start(0);
        assertThat(answer(type, command, 1, 0)).isEqualTo(ERR);
        assertThat(device.control().refused.get()).isEqualTo(1);
    }

    @Test
    void whatWasNotNegotiatedIsRefused() {
        start(NetRig.F_CTRL_RX | NetRig.F_CTRL_MAC_ADDR | NetRig.F_GUEST_ANNOUNCE | NetRig.F_MQ);
        assertThat(answer(0, 0, 1)).isEqualTo(ERR);
        assertThat(answer(1, 0, 0, 0, 0, 0, 0, 0, 0, 0)).isEqualTo(ERR);
        assertThat(answer(1, 1, 2, 3, 4, 5, 6, 7)).isEqualTo(ERR);
        assertThat(answer(3, 0)).isEqualTo(ERR);
        assertThat(answer(4, 0, 1, 0)).isEqualTo(ERR);
    }

    @Test
    void chainThatIsNoCommandComesBackUnanswered() {
        start(0);
        Chain withoutRoom = control.offer(readable(new byte[3]));
        Chain withoutCommand = control.offer(readable(new byte[1]), writable(1));
        Chain tooLong = control.offer(readable(new byte[5000]), writable(1));
        handler.takeAvailable(8);
        queue.publish();
        control.expectUsed(withoutRoom, 0);
        control.expectUsed(withoutCommand, 0);
        control.expectUsed(tooLong, 0);
        assertThat(device.control().unusable.get()).isEqualTo(3);
    }
}
