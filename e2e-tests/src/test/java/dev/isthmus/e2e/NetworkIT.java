package dev.isthmus.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A guest with three cards, served by one process.
 *
 * <pre>
 *   guest          host, a network of its own
 *   eth0 ───────── tap0   4 queue pairs
 *   eth1 ───────── tap1 ─┐
 *                        ├─ bridge          MTU 9000; eth2 is in another network inside the guest
 *   eth2 ───────── tap2 ─┘
 * </pre>
 */
@Tag("network")
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class NetworkIT {

    private static final int QUEUE_PAIRS = 4;
    private static final int JUMBO_MTU = 9000;

    /** eth2's network in the guest: what goes from eth1 to eth2 crosses the host's bridge. */
    private static final String OTHER = "/tools/bin/ip netns exec other ";

    private static final List<AutoCloseable> CLOSE_LAST_FIRST = new ArrayList<>();

    private static NetworkNamespace network;
    private static NetBackend backend;
    private static Guest guest;
    private static Card card;

    @TempDir
    private static Path directory;

    @BeforeAll
    static void bootTheGuest() throws Exception {
        network = NetworkNamespace.create();
        CLOSE_LAST_FIRST.add(network);
        card = Card.of("net0", 0, directory).withQueuePairs(QUEUE_PAIRS);
        Card one = Card.of("net1", 1, directory).withMtu(JUMBO_MTU);
        Card other = Card.of("net2", 2, directory).withMtu(JUMBO_MTU);
        network.addHost(card);
        network.ip("link add bridge type bridge mcast_snooping 0");
        network.ip("link set bridge mtu " + JUMBO_MTU + " up");
        for (Card bridged : List.of(one, other)) {
            network.addTap(bridged);
            network.ip("link set " + bridged.tap() + " master bridge");
        }
        backend = NetBackend.serve(network, card, one, other);
        CLOSE_LAST_FIRST.add(backend);
        // What it may say of a card depends on QEMU's age: Debian 13's, and the machine's in other tests.
        guest = Guest.named("network", directory).qemu(StockClients.build().qemu()).in(network).vcpus(2).card(card)
                .card(one).card(other).boot();
        CLOSE_LAST_FIRST.add(guest);
        guest.sh("/tools/bin/ip link set lo up\n" + card.bringUp("eth0") + one.bringUp("eth1")
                + "mkdir -p /run/netns; /tools/bin/ip netns add other; /tools/bin/ip link set eth2 netns other\n"
                + OTHER + "sh -e -c '" + other.bringUp("eth2") + "/tools/bin/ip address add 10.77.1.3/24 dev eth2'\n"
                + "for module in $(cat /modules/8021q); do insmod /modules/$module; done");
        network.bash("iperf3 --server --daemon --pidfile " + directory.resolve("iperf3.pid"));
        CLOSE_LAST_FIRST.add(() -> Host.run("pkill", "--pidfile", directory.resolve("iperf3.pid").toString()));
    }

    @AfterAll
    static void closeAll() throws Exception {
        for (AutoCloseable each : CLOSE_LAST_FIRST.reversed()) {
            each.close();
        }
        CLOSE_LAST_FIRST.clear();
    }

    /** Sizes around what fits a header, a frame, a page and many fragments, up to the largest IPv4 can say. */
    @ParameterizedTest
    @ValueSource(ints = {1, 17, 18, 56, 1471, 1472, 1473, 4068, 4096, 9000, 32768, 65507})
    void answersPingsOfAllSizesBothWays(int size) throws Exception {
        guest.sh("/tools/bin/ping -q -c 3 -i 0.02 -W 5 -s %d -p a5 %s".formatted(size, card.hostAddress()));
        network.bash("ping -q -c 3 -i 0.02 -W 5 -s %d -p 5a %s".formatted(size, card.guestAddress()));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 1452, 1453, 65527})
    void answersPingsOverIpv6(int size) throws Exception {
        guest.sh("/tools/bin/ping -6 -q -c 3 -i 0.02 -W 5 -s %d %s".formatted(size, card.hostAddress6()));
        network.bash("ping -6 -q -c 3 -i 0.02 -W 5 -s %d %s".formatted(size, card.guestAddress6()));
    }

    @ParameterizedTest
    @CsvSource({"4, false", "4, true", "6, false", "6, true"})
    void carriesTcpInSegmentsLargerThanFrames(int version, boolean toGuest) throws Exception {
        long before = gsoFrames(toGuest);
        iperf((toGuest ? "--reverse " : "") + "-n 64M -c " + (version == 4 ? card.hostAddress() : card
                .hostAddress6()));
        if (!BackendProcess.isPeer()) {
            assertThat(gsoFrames(toGuest) - before).as("frames that hold several segments").isGreaterThan(500);
        }
    }

    private static long gsoFrames(boolean toGuest) throws Exception {
        return BackendProcess.isPeer() ? 0
                : backend.metric("isthmus_net_gso_frames_total", "device=\"net0\"", "direction=\"" + (toGuest
                        ? "receive" : "transmit") + "\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--reverse "})
    void carriesUdp(String direction) throws Exception {
        String report = iperf(direction + "-u -b 40M -l 1400 -t 2 -J -c " + card.hostAddress());
        assertThat(number(report, "\"lost_percent\":")).as(report).isLessThan(50);
    }

    private static double number(String json, String key) {
        int at = json.lastIndexOf(key);
        assertThat(at).as(json).isPositive();
        return Double.parseDouble(json.substring(at + key.length()).split("[,}\n]", 2)[0].strip());
    }

    private static String iperf(String words) throws Exception {
        return guest.sh("iperf3 " + words);
    }

    @Test
    void carriesFramesOf9000Bytes() throws Exception {
        guest.sh("""
                test $(cat /sys/class/net/eth1/mtu) = 9000
                /tools/bin/ping -q -c 3 -i 0.02 -W 5 -M do -s 8972 10.77.1.3
                ! /tools/bin/ping -q -c 1 -W 1 -M do -s 8973 10.77.1.3
                """);
    }

    @Test
    void passesTheTagsOfVlans() throws Exception {
        guest.sh("""
                /tools/bin/ip link add link eth1 name eth1.5 type vlan id 5
                /tools/bin/ip address add 10.78.5.1/24 dev eth1.5
                /tools/bin/ip link set eth1.5 up
                %1$s /tools/bin/ip link add link eth2 name eth2.5 type vlan id 5
                %1$s /tools/bin/ip address add 10.78.5.2/24 dev eth2.5
                %1$s /tools/bin/ip link set eth2.5 up
                /tools/bin/ping -q -c 3 -i 0.02 -W 5 10.78.5.2
                /tools/bin/ping -q -c 3 -i 0.02 -W 5 -s 20000 10.78.5.2
                """.formatted(OTHER));
        guest.sh("""
                (%1$s iperf3 -s -1 -B 10.78.5.2 > /tmp/vlan-server 2>&1) &
                until iperf3 -c 10.78.5.2 -n 16M; do sleep 0.2; done
                """.formatted(OTHER));
    }

    @Test
    void seesItsLinkGoDownAndUp() throws Exception {
        for (int i = 0; i < 3; i++) {
            guest.qmp().execute("set_link", "{\"name\": \"card0\", \"up\": false}");
            guest.sh("until test $(cat /sys/class/net/eth0/carrier) = 0; do sleep 0.05; done\n"
                    + "! /tools/bin/ping -q -c 1 -W 1 " + card.hostAddress());
            guest.qmp().execute("set_link", "{\"name\": \"card0\", \"up\": true}");
            guest.sh("until test $(cat /sys/class/net/eth0/carrier) = 1; do sleep 0.05; done\n"
                    + "until /tools/bin/ping -q -c 1 -W 1 " + card.hostAddress() + "; do :; done");
        }
        network.ip("link set " + card.tap() + " down");
        guest.sh("! /tools/bin/ping -q -c 2 -W 1 " + card.hostAddress());
        network.ip("link set " + card.tap() + " up");
        network.ip("address replace " + card.hostAddress6() + "/64 dev " + card.tap() + " nodad");
        guest.sh("until /tools/bin/ping -q -c 1 -W 1 " + card.hostAddress() + "; do :; done");
    }

    /** With flows that go on meanwhile; then each pair in use is one that moves frames. */
    @Test
    void changesTheNumberOfItsQueuesWhileItWorks() throws Exception {
        guest.sh("(iperf3 -c %s -P 4 -t 60 > /tmp/up 2>&1; echo $? > /tmp/up-status) &".formatted(card.hostAddress()));
        for (int pairs : List.of(4, 1, 3, 2, 4)) {
            guest.sh("""
                    ethtool -L eth0 combined %1$d
                    ethtool -l eth0 | tail -n 2 | grep -q 'Combined:.*%1$d$'
                    /tools/bin/ping -q -c 5 -i 0.1 -W 5 %2$s
                    """.formatted(pairs, card.hostAddress()), Duration.ofSeconds(30));
        }
        guest.sh("test ! -e /tmp/up-status\nkillall iperf3");
        // By processor, Linux chooses the queue it sends by.
        guest.sh("""
                for queue in 0 1 2 3; do
                  echo 0 > /sys/class/net/eth0/queues/tx-$queue/xps_cpus
                done
                for port in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32; do
                  echo x | nc -u -w 1 %1$s $((2000 + port)) &
                done
                wait
                """.formatted(card.hostAddress()));
        for (int pair = 0; pair < QUEUE_PAIRS && !BackendProcess.isPeer(); pair++) {
            assertThat(backend.metric("isthmus_net_frames_total", "device=\"net0\"", "direction=\"transmit\"",
                    "queue=\"" + pair + "\"")).as("frames of pair %d", pair).isPositive();
        }
    }

    @Test
    @Order(Integer.MAX_VALUE)
    void worksAgainAfterRebootAndReset() throws Exception {
        guest.start("reboot -f");
        guest.awaitBoot();
        guest.sh(card.bringUp("eth0") + "/tools/bin/ping -q -c 3 -i 0.02 -W 5 -s 20000 " + card.hostAddress());
        guest.sh("iperf3 -c " + card.hostAddress() + " -t 60 > /tmp/up 2>&1 &\nsleep 1");
        guest.qmp().execute("system_reset");
        guest.awaitBoot();
        guest.sh(card.bringUp("eth0") + "/tools/bin/ping -q -c 3 -i 0.02 -W 5 " + card.hostAddress()
                + "\nethtool -i eth0");
        assertThat(backend.isAlive()).isTrue();
    }
}
