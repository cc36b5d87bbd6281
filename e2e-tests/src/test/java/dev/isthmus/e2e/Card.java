package dev.isthmus.e2e;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A network card that a back-end serves on a TAP. Its number makes its addresses.
 *
 * @param number 0 to 99; the card of this number in its guest is eth0, eth1 and so on in the order they are attached
 * @param uplink as an option of the back-end; null: its TAP
 * @param client whether the front-end listens at the socket, and the back-end connects
 */
record Card(String name, int number, Path socket, int queuePairs, int mtu, boolean client, @Nullable String uplink) {

    static final int ETHERNET_MTU = 1500;

    /** One queue pair, its socket in the directory. */
    static Card of(String name, int number, Path directory) {
        return new Card(name, number, directory.resolve(name + ".sock"), 1, ETHERNET_MTU, false, null);
    }

    Card withQueuePairs(int count) {
        return new Card(name, number, socket, count, mtu, client, uplink);
    }

    Card withMtu(int bytes) {
        return new Card(name, number, socket, queuePairs, bytes, client, uplink);
    }

    Card asClient() {
        return new Card(name, number, socket, queuePairs, mtu, true, uplink);
    }

    /** With another uplink than its TAP, as an option of the back-end. */
    Card withUplink(String option) {
        return new Card(name, number, socket, queuePairs, mtu, client, option);
    }

    String tap() {
        return "tap" + number;
    }

    /** Locally administered. */
    String mac() {
        return "02:00:00:00:77:%02x".formatted(number + 2);
    }

    String hostAddress() {
        return "10.77." + number + ".1";
    }

    String guestAddress() {
        return "10.77." + number + ".2";
    }

    String hostAddress6() {
        return "fd77:0:0:" + number + "::1";
    }

    String guestAddress6() {
        return "fd77:0:0:" + number + "::2";
    }

    /**
     * What a guest does to have the card up with its addresses. The guest's shell would take its own ip, which knows
     * less.
     */
    String bringUp(String device) {
        return """
                echo 0 > /proc/sys/net/ipv6/conf/%1$s/router_solicitations
                /tools/bin/ip link set %1$s up
                /tools/bin/ip address add %2$s/24 dev %1$s
                /tools/bin/ip address add %3$s/64 dev %1$s nodad
                """.formatted(device, guestAddress(), guestAddress6());
    }
}
