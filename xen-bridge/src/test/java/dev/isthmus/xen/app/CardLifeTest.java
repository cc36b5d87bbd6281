package dev.isthmus.xen.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.isthmus.xen.netif.MacAddress;
import dev.isthmus.xen.netif.NetifConnection;
import dev.isthmus.xen.netif.NetifProperties;
import dev.isthmus.xen.netif.NetifQueue;
import dev.isthmus.xen.netif.VifRate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Cards as a toolstack makes them: which are ours, and what we and a guest say to each other. */
class CardLifeTest {
    private static final DeviceId VIF = new DeviceId("vif", 5, 0);
    private static final DeviceId OWN = new DeviceId("isthmus-vif", 5, 1);
    private static final String BACK = "/local/domain/0/backend/vif/5/0";
    private static final String FRONT = "/local/domain/5/device/vif/0";

    @TempDir
    Path directory;

    private LifeRig rig;
    private Path bus;
    private Path sockets;

    @BeforeEach
    void open() throws IOException {
        rig = new LifeRig(directory);
        bus = Files.createDirectories(directory.resolve("xen-backend"));
        Files.createDirectories(bus.resolve("devices/vif-5-0"));
        Files.writeString(bus.resolve("drivers_autoprobe"), "1");
        Files.createFile(bus.resolve("drivers_probe"));
        sockets = Files.createDirectories(directory.resolve("sockets"));
        Files.createFile(sockets.resolve("web0.sock"));
    }

    private void serve() throws IOException {
        rig.start(new Taken(new KernelDevices(bus), false, sockets));
    }

    /** What libxl writes for a card, all at once. */
    private void create(DeviceId id, String... more) {
        String back = rig.paths.backend(id);
        String front = LifeRig.front(id);
        Map<String, String> nodes = new LinkedHashMap<>();
        nodes.put(back + "/frontend", front);
        nodes.put(back + "/frontend-id", "5");
        nodes.put(back + "/online", "1");
        nodes.put(back + "/state", "1");
        nodes.put(back + "/script", "/etc/xen/scripts/vif-bridge");
        nodes.put(back + "/mac", "00:16:3e:01:02:03");
        nodes.put(back + "/bridge", "xenbr0");
        nodes.put(back + "/handle", Integer.toString(id.device()));
        nodes.put(back + "/type", "vif");
        nodes.put(front + "/backend", back);
        nodes.put(front + "/state", "1");
        for (int i = 0; i < more.length; i += 2) {
            nodes.put(back + "/" + more[i], more[i + 1]);
        }
        rig.store.writeAll(nodes);
        settle();
    }

    private void guest(String... namesAndValues) {
        for (int i = 0; i < namesAndValues.length; i += 2) {
            rig.store.write(FRONT + "/" + namesAndValues[i], namesAndValues[i + 1]);
        }
        settle();
    }

    private void settle() {
        if (rig.bridge != null) {
            rig.settle();
        }
    }

    private String back(String node) {
        return rig.store.read(BACK + "/" + node).orElse("");
    }

    private String probed() throws IOException {
        return Files.readString(bus.resolve("drivers_probe"));
    }

    @Test
    void takesACardWhoseBackendHasItsName() throws IOException {
        serve();
        assertThat(Files.readString(bus.resolve("drivers_autoprobe"))).isEqualTo("0");
        create(VIF, "vifname", "web0", "rate", "62500,50000");

        assertThat(back("state")).isEqualTo("2");
        assertThat(rig.cards).hasSize(1);
        assertThat(rig.cards.getFirst().options.mac()).isEqualTo(MacAddress.parse("00:16:3e:01:02:03").orElseThrow());
        assertThat(rig.cards.getFirst().options.rate()).isEqualTo(new VifRate(62500, 50000));
        assertThat(rig.cards.getFirst().options.socket()).isEqualTo(sockets.resolve("web0.sock"));
        assertThat(probed()).isEmpty();
        assertThat(new DeviceCommands(rig.store.connect(), rig.paths).list().get(1)).contains("vif0", "vif ",
                "init-wait", "web0.sock");
    }

    @Test
    void aCardWithoutANameHasTheOneThatScriptsGiveIt() throws IOException {
        Files.createFile(sockets.resolve("vif5.0.sock"));
        serve();
        create(VIF);
        assertThat(rig.cards.getFirst().options.socket()).isEqualTo(sockets.resolve("vif5.0.sock"));
    }

    @Test
    void leavesOthersToTheKernel() throws IOException {
        serve();
        create(VIF);
        assertThat(probed()).isEqualTo("vif-5-0");
        assertThat(rig.cards).isEmpty();
    }

    @Test
    void aNameThatIsNoneOfASocketIsTheKernels() throws IOException {
        for (String name : new String[] {"web1", "../sockets/web0", "", ".", "/etc"}) {
            assertThat(new Taken(null, false, sockets).vifSocket(name)).isEmpty();
        }
        assertThat(new Taken(null, false, null).vifSocket("web0")).isEmpty();
        serve();
        create(VIF, "vifname", "web1");
        assertThat(probed()).isEqualTo("vif-5-0");
    }

    @Test
    void aCardWithoutAnAddressOfItsOwnIsNotServed() throws IOException {
        serve();
        create(VIF, "vifname", "web0", "mac", "ff:ff:ff:ff:ff:ff");
        assertThat(rig.cards).isEmpty();
    }

    @Test
    void leavesAllCardsToTheKernelUnlessItIsToldOtherwise() throws IOException {
        rig.start();
        create(VIF, "vifname", "web0");
        assertThat(rig.cards).isEmpty();
        assertThat(back("state")).isEqualTo("1");
    }

    @Test
    void offersWhatTheBackendCanAndServesTheGuest() throws IOException {
        serve();
        create(VIF, "vifname", "web0");
        assertThat(back("feature-rx-copy")).isEqualTo("1");
        assertThat(back("feature-sg")).isEqualTo("1");
        assertThat(back("feature-gso-tcpv4")).isEqualTo("1");
        assertThat(back("feature-gso-tcpv6")).isEqualTo("0");
        assertThat(back("feature-split-event-channels")).isEqualTo("1");
        assertThat(back("feature-ipv6-csum-offload")).isEqualTo("1");
        assertThat(back("multi-queue-max-queues")).isEqualTo("4");
        assertThat(back("hotplug-status")).isEmpty();

        // As Linux' front-end: from 1 to 4 at once.
        guest("tx-ring-ref", "8", "rx-ring-ref", "9", "event-channel-tx", "3", "event-channel-rx", "4",
                "request-rx-copy", "1", "feature-rx-notify", "1", "feature-sg", "1", "feature-gso-tcpv4", "1",
                "feature-gso-tcpv6", "1", "feature-ipv6-csum-offload", "1", "state", "4");

        FakeCard card = rig.cards.getFirst();
        assertThat(card.connection.queues()).containsExactly(new NetifQueue(8, 9, 3, 4));
        assertThat(card.connection.gsoV6()).isTrue();
        assertThat(back("state")).isEqualTo("4");
        rig.store.writeAll(Map.of(BACK + "/online", "0", BACK + "/state", "5"));
        rig.settle();
        guest("state", "5");
        guest("state", "6");
        assertThat(card.disconnects).isEqualTo(1);
        assertThat(card.closed).isTrue();
        assertThat(back("state")).isEqualTo("6");
    }

    @Test
    void goesOnWithAGuestThatIsServedAlready() throws IOException {
        rig.store.writeAll(Map.of(FRONT + "/tx-ring-ref", "8", FRONT + "/rx-ring-ref", "9", FRONT + "/event-channel",
                "3", FRONT + "/request-rx-copy", "1"));
        create(VIF, "vifname", "web0", "state", "4");
        rig.store.write(FRONT + "/state", "4");
        serve();
        assertThat(rig.cards.getFirst().connection).isEqualTo(new NetifConnection(
                List.of(new NetifQueue(8, 9, 3, 3)), false, false, false, true, false, false, true));
        assertThat(back("state")).isEqualTo("4");
        assertThat(back("feature-sg")).isEmpty();
    }

    @Test
    void aCardThatWasServedIsOursWhileItsBackendIsAway() throws IOException {
        serve();
        create(VIF, "vifname", "web0");
        Files.delete(sockets.resolve("web0.sock"));
        serve();
        assertThat(rig.cards).hasSize(2);
        assertThat(rig.cards.getLast().options.socket()).isEqualTo(sockets.resolve("web0.sock"));
        assertThat(probed()).isEmpty();
    }

    @Test
    void aGuestThatIsGoneIsLetGoOf() throws IOException {
        serve();
        create(VIF, "vifname", "web0");
        guest("tx-ring-ref", "8", "rx-ring-ref", "9", "event-channel", "3", "request-rx-copy", "1", "state", "4");
        rig.store.release(5);
        rig.settle();
        assertThat(rig.cards.getFirst().closed).isTrue();
        assertThat(back("state")).isEqualTo("6");
    }

    @Test
    void readsEveryQueueOfItsOwnDirectory() throws IOException {
        for (int i = 0; i < 2; i++) {
            guest("queue-" + i + "/tx-ring-ref", "1" + i, "queue-" + i + "/rx-ring-ref", "2" + i,
                    "queue-" + i + "/event-channel", "3" + i);
        }
        guest("multi-queue-num-queues", "2", "request-rx-copy", "1", "feature-no-csum-offload", "1");
        NetifConnection read = new CardNodes(Path.of("/run/x.sock")).read(rig.store.connect(), FRONT,
                new NetifProperties(2, true, true),
                false);
        assertThat(read.queues()).containsExactly(new NetifQueue(10, 20, 30, 30), new NetifQueue(11, 21, 31, 31));
        assertThat(read.checksumV4()).isFalse();
        assertThat(read.notifies()).isFalse();
        guest("multi-queue-num-queues", "3");
        assertThatThrownBy(() -> new CardNodes(Path.of("/run/x.sock")).read(rig.store.connect(), FRONT,
                new NetifProperties(2, true, true),
                false))
                .hasMessageContaining("3, not 1 to 2");
    }

    @Test
    void refusesWhatMakesNoSense() throws IOException {
        serve();
        create(VIF, "vifname", "web0");
        guest("tx-ring-ref", "8", "state", "4");
        assertThat(rig.store.read("/local/domain/0/error/backend/vif/5/0/error").orElse("")).contains("pages");
        assertThat(back("state")).isEqualTo("5");
        guest("state", "6");
        guest("state", "1");
        guest("rx-ring-ref", "9", "event-channel", "x", "request-rx-copy", "1", "state", "4");
        assertThat(rig.store.read("/local/domain/0/error/backend/vif/5/0/error").orElse("")).contains("no number");
    }

    @Test
    void servesWhatAttachMadeAndCleansUp() throws IOException {
        rig.start();
        create(OWN, "params", "vhost-user:/run/isthmus/y.sock");
        assertThat(rig.store.read(rig.paths.backend(OWN) + "/state")).contains("2");
        assertThat(rig.cards.getFirst().options.socket()).isEqualTo(Path.of("/run/isthmus/y.sock"));
        rig.store.release(5);
        rig.settle();
        assertThat(rig.store.read(rig.paths.backend(OWN) + "/frontend")).isEmpty();
    }

    @Test
    void countsUnderNamesOfItsOwn() throws IOException {
        serve();
        create(VIF, "vifname", "web0");
        rig.cards.getFirst().counters.sentGsoFrames.add(7);
        rig.cards.getFirst().counters.device.grantCopies.add(9);
        String scrape = new String(ManagementHttp.scrape(rig.bridge.views()), StandardCharsets.UTF_8);
        assertThat(scrape).contains(
                "isthmus_xen_gso_frames_total{device=\"vif-5-0\",direction=\"sent\",domain=\"5\"} 7.0",
                "isthmus_xen_grant_copies_total{device=\"vif-5-0\",domain=\"5\"} 9.0",
                "isthmus_xen_frames_dropped_total{cause=\"source_address\",device=\"vif-5-0\",domain=\"5\"} 0.0");
    }
}
