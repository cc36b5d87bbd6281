package dev.isthmus.xen.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.isthmus.xen.FakeXenstore;
import dev.isthmus.xen.Xenstore;
import dev.isthmus.xen.netif.MacAddress;
import dev.isthmus.xen.netif.VifRate;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands against a daemon on threads of its own. */
class DeviceCommandsTest {
    private static final Path SOCKET = Path.of("/run/isthmus/x.sock");
    private static final String BACK = "/local/domain/0/backend/isthmus/5/51728";
    private static final String FRONT = "/local/domain/5/device/vbd/51728";
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration NONE = Duration.ofMillis(1);

    @TempDir
    Path directory;

    private final FakeXenstore store = new FakeXenstore();
    private final DeviceCommands commands = new DeviceCommands(store.connect(), new StorePaths(0));
    private final ControlThread control = new ControlThread();
    private Xenstore connection;

    @BeforeEach
    void guest() {
        store.write("/local/domain/5/name", "guest");
        store.introduce(5);
    }

    private void daemon() throws Exception {
        connection = store.connect();
        Bridge bridge = new Bridge(connection, new StorePaths(0), control, new FakeOpeners(), directory,
                Taken.NOTHING);
        bridge.start();
        Thread.ofPlatform().daemon().start(() -> {
            try {
                bridge.handleEvents();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
    }

    @AfterEach
    void close() {
        if (connection != null) {
            connection.close();
        }
        control.close();
    }

    @Test
    void givesADiskAndTakesItAway() throws Exception {
        daemon();
        commands.attach("guest", "xvdb", SOCKET, false, LONG);

        assertThat(store.read(BACK + "/state")).contains("2");
        assertThat(store.read(FRONT + "/backend")).contains(BACK);
        assertThat(store.read(FRONT + "/virtual-device")).contains("51728");
        assertThat(store.permissions(BACK)).containsExactly("n0", "r5");
        assertThat(store.permissions(FRONT)).containsExactly("n5", "r0");
        assertThat(commands.list()).hasSize(2);
        assertThat(commands.list().get(1)).contains("xvdb", "isthmus", "init-wait", "initialising", SOCKET.toString());

        commands.detach("5", "xvdb", false, LONG);

        assertThat(store.read(BACK + "/state")).isEmpty();
        assertThat(store.read(FRONT + "/state")).isEmpty();
        assertThat(commands.list()).hasSize(1);
    }

    @Test
    void givesACardAndTakesItAway() throws Exception {
        String back = "/local/domain/0/backend/isthmus-vif/5/1";
        String front = "/local/domain/5/device/vif/1";
        daemon();
        MacAddress mac = MacAddress.parse("00:16:3e:01:02:03").orElseThrow();
        commands.attachCard("guest", 1, mac, new VifRate(1000, 50), SOCKET, LONG);

        assertThat(store.read(back + "/state")).contains("2");
        assertThat(store.read(back + "/rate")).contains("1000,50");
        assertThat(store.read(front + "/mac")).contains("00:16:3e:01:02:03");
        assertThat(store.read(front + "/handle")).contains("1");
        assertThat(commands.list().get(1)).contains("vif1", "isthmus-vif", SOCKET.toString());

        commands.detachCard("5", 1, false, LONG);

        assertThat(store.read(back + "/state")).isEmpty();
        assertThat(store.read(front + "/state")).isEmpty();
    }

    @Test
    void saysReadOnly() throws Exception {
        daemon();
        commands.attach("5", "xvdb", SOCKET, true, LONG);

        assertThat(store.read(BACK + "/mode")).contains("r");
    }

    @Test
    void leavesNothingBehindWhenNobodyServes() {
        assertThatThrownBy(() -> commands.attach("5", "xvdb", SOCKET, false, NONE))
                .isInstanceOf(CommandException.class).hasMessageContaining("serve");
        assertThat(store.read(BACK + "/frontend")).isEmpty();
        assertThat(store.read(FRONT + "/state")).isEmpty();
    }

    @Test
    void refusesASecondDiskOfOneName() throws Exception {
        daemon();
        commands.attach("5", "xvdb", SOCKET, false, LONG);

        assertThatThrownBy(() -> commands.attach("5", "xvdb", SOCKET, false, LONG))
                .hasMessageContaining("already");
    }

    @Test
    void asksABusyGuestAndForcesItOnlyWhenTold() throws Exception {
        daemon();
        commands.attach("5", "xvdb", SOCKET, false, LONG);
        store.write(FRONT + "/ring-ref", "8");
        store.write(FRONT + "/event-channel", "1");
        store.write(FRONT + "/state", "3");
        awaitBack("4");
        store.write(FRONT + "/state", "4");

        assertThatThrownBy(() -> commands.detach("5", "xvdb", false, NONE)).hasMessageContaining("--force");
        assertThat(store.read(BACK + "/state")).contains("5");

        commands.detach("5", "xvdb", true, LONG);
        assertThat(store.read(BACK + "/frontend")).isEmpty();
    }

    private void awaitBack(String state) throws Exception {
        try (Xenstore watching = store.connect()) {
            watching.watch(BACK, "test");
            while (!store.read(BACK + "/state").equals(Optional.of(state))) {
                watching.awaitEvent(LONG);
            }
        }
    }

    @Test
    void refusesWhatIsNotThere() {
        assertThatThrownBy(() -> commands.attach("6", "xvdb", SOCKET, false, NONE)).hasMessageContaining("\"6\"");
        assertThatThrownBy(() -> commands.attach("5", "sdb", SOCKET, false, NONE)).hasMessageContaining("sdb");
        assertThatThrownBy(() -> commands.attach("5", "xvdb", Path.of("x"), false, NONE)).hasMessageContaining("path");
        assertThatThrownBy(() -> commands.detach("5", "xvdb", false, NONE)).hasMessageContaining("xvdb");
    }
}
