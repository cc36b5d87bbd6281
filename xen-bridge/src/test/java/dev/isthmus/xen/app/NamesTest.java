package dev.isthmus.xen.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Names and numbers of devices, domains and sockets. */
class NamesTest {
    @Test
    void numbersDisksAsXenDoes() {
        assertThat(VirtualDevice.number("xvda")).contains(51712);
        assertThat(VirtualDevice.number("xvdb")).contains(51728);
        assertThat(VirtualDevice.number("xvdb2")).contains(51730);
        assertThat(VirtualDevice.number("xvdp15")).contains(202 << 8 | 255);
        assertThat(VirtualDevice.number("xvdq")).contains(1 << 28 | 16 << 8);
        assertThat(VirtualDevice.number("xvda16")).contains(1 << 28 | 16);
        assertThat(VirtualDevice.number("xvdaa")).contains(1 << 28 | 26 << 8);
        assertThat(VirtualDevice.number("51728")).contains(51728);
    }

    @Test
    void knowsNoOtherDisks() {
        for (String name : List.of("", "xvd", "xvdB", "sda", "xvda256", "xvdaaa", "-1", "xvda 1", "9999999999")) {
            assertThat(VirtualDevice.number(name)).as(name).isEmpty();
        }
    }

    @Test
    void namesWhatItNumbers() {
        for (String name : List.of("xvda", "xvdb2", "xvdp15", "xvdq", "xvdz3", "xvdaa", "xvdzz", "xvdab200")) {
            assertThat(VirtualDevice.name(VirtualDevice.number(name).orElseThrow())).isEqualTo(name);
        }
        assertThat(VirtualDevice.name(768)).isEqualTo("768");
    }

    @Test
    void findsTheSocketInATarget() {
        assertThat(DiskTarget.socket("vhost-user:/run/x.sock")).contains(Path.of("/run/x.sock"));
        assertThat(DiskTarget.socket("aio:vhost-user:/run/x.sock")).contains(Path.of("/run/x.sock"));
        for (String params : List.of("", "aio:", "/dev/vg0/x", "aio:/srv/x", "vhost-user:", "vhost-user:x",
                "qcow2:vhost-user:/x", "vhost-user:/x\0")) {
            assertThat(DiskTarget.socket(params)).as(params).isEmpty();
        }
    }

    @Test
    void readsDevicesFromPaths() {
        StorePaths paths = new StorePaths(3);
        assertThat(paths.partsOf("/local/domain/3/backend/vbd/5/51712/state"))
                .containsExactly("vbd", "5", "51712", "state");
        assertThat(paths.partsOf("/local/domain/3/backend")).isEmpty();
        assertThat(DeviceId.parse(List.of("vbd", "5", "51712", "state"))).contains(new DeviceId("vbd", 5, 51712));
        assertThat(DeviceId.parse(List.of("vbd", "5"))).isEmpty();
        assertThat(DeviceId.parse(List.of("vbd", "x", "1"))).isEmpty();
        assertThat(DeviceId.parse(List.of("vbd", "4294967295", "1"))).isEmpty();
    }

    @Test
    void readsStatesAsTheHeaderHasThem() {
        assertThat(XenbusState.of(Optional.of("4"))).isEqualTo(XenbusState.CONNECTED);
        assertThat(XenbusState.CLOSED.text()).isEqualTo("6");
        assertThat(XenbusState.of(Optional.empty())).isEqualTo(XenbusState.UNKNOWN);
        for (String text : List.of("", "9", "44", "x", "-1")) {
            assertThat(XenbusState.of(Optional.of(text))).as(text).isEqualTo(XenbusState.OTHER);
        }
    }
}
