package dev.isthmus.net.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.isthmus.linux.NetInterface;
import dev.isthmus.loop.Transport;
import dev.isthmus.net.NetDeviceOptions;
import dev.isthmus.net.uplink.TapOptions;
import dev.isthmus.server.Endpoint;
import dev.isthmus.server.management.ManagementAddress;
import dev.isthmus.server.options.DeviceKey;
import dev.isthmus.server.options.ProcessProperties;
import dev.isthmus.server.options.PropertyException;
import dev.isthmus.vring.WorkerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NetOptionsTest {
    private static ProcessProperties<NetDeviceProperties> properties(String... args) {
        return NetOptions.parse(args).properties();
    }

    private static NetDeviceProperties device(String... args) {
        return properties(args).devices().getFirst();
    }

    private static UplinkProperties tap(String name, int mtu, int queuePairs) {
        return new UplinkProperties.Tap(new TapOptions(new NetInterface(name), null, mtu, queuePairs));
    }

    @Test
    void socketAndTapMakeOneDevice() {
        NetDeviceProperties device = device("--socket-path=/run/vm1/net0.sock", "--tap=vm1");

        assertThat(device.name()).isEqualTo("net0");
        assertThat(device.endpoint()).isEqualTo(new Endpoint.Path("/run/vm1/net0.sock"));
        assertThat(device.uplink()).isEqualTo(tap("vm1", 0, 1));
        assertThat(device.options()).isEqualTo(new NetDeviceOptions(1, 0));
        assertThat(device.workers()).isEqualTo(new WorkerOptions(1, 50, List.of(), Transport.AUTO));
        assertThat(properties("--socket-path=/run/vm1/net0.sock", "--tap=vm1").management())
                .isEqualTo(new ManagementAddress.Unix("/run/vm1/net0.sock.management"));
    }

    @Test
    void everyDeviceHasWhatItSaysAndWhatIsSaidForAll() {
        List<NetDeviceProperties> devices = properties("--mtu=9000", "--queue-pairs=4", "--workers=2",
                "--device=socket-path=/run/a.sock,client,tap=vm1,bridge=br0,mtu=1400",
                "--device=fd=5,tap=vm2,queue-pairs=1").devices();

        assertThat(devices.getFirst().endpoint()).isEqualTo(new Endpoint.Client("/run/a.sock"));
        assertThat(devices.getFirst().uplink()).isEqualTo(new UplinkProperties.Tap(
                new TapOptions(new NetInterface("vm1"), new NetInterface("br0"), 1400, 4)));
        assertThat(devices.getFirst().uplink().describe()).isEqualTo("tap vm1 on bridge br0");
        assertThat(devices.getLast().uplink()).isEqualTo(tap("vm2", 9000, 1));
        assertThat(devices.getLast().options()).isEqualTo(new NetDeviceOptions(1, 9000));
        assertThat(devices.getLast().workers().workers()).isEqualTo(2);
    }

    @Test
    void fileDescribesDevicesAsTheCommandLineDoes(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("isthmus.yml"), """
                isthmus:
                  mtu: 9000
                  devices:
                    - { socket-path: /run/a.sock, tap: 0123, bridge: on }
                """);

        assertThat(device("--config=" + file).uplink()).isEqualTo(new UplinkProperties.Tap(
                new TapOptions(new NetInterface("0123"), new NetInterface("on"), 9000, 1)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            tap=a b          | --tap: "a b" is no name of an interface: 1 to 15 bytes, no blanks, / or :
            bridge=          | --bridge: "" is no name of an interface
            mtu=67           | --mtu: "67" is no number from 68 to 65535
            mtu=65536        | --mtu: "65536" is no number from 68 to 65535
            queue-pairs=0    | --queue-pairs: "0" is no number from 1 to 8
            queue-pairs=9    | --queue-pairs: "9" is no number from 1 to 8
            uplink=wire      | --uplink: "wire" is none of tap, packet, loopback and null
            uplink=null      | --tap: is for uplink=tap only
            interface=eth0   | --interface: is for uplink=packet only
            uplink=packet    | command line: interface is not given
            frame-bytes=60   | --frame-bytes: is for uplink=null only
            blk-file=/a      | command line: Unknown option: '--blk-file=/a'
            """, quoteCharacter = '`')
    void badOptionIsRefusedByItsName(String option, String message) {
        assertThatExceptionOfType(PropertyException.class)
                .isThrownBy(() -> properties("--device=socket-path=/run/b.sock,tap=b", "--socket-path=/run/a.sock",
                        option.startsWith("tap=") ? "--name=a" : "--tap=a", "--" + option))
                .withMessageContaining(message);
    }

    @Test
    void interfaceIsUsedAsItIs() {
        assertThat(device("--fd=3", "--interface=veth1").uplink())
                .isEqualTo(new UplinkProperties.Packet(new NetInterface("veth1")));
        assertThatExceptionOfType(PropertyException.class)
                .isThrownBy(() -> device("--fd=3", "--interface=veth1", "--queue-pairs=2"))
                .withMessage("--queue-pairs: uplink=packet has one");
    }

    @Test
    void uplinksForMeasuringNeedNoInterface() {
        assertThat(device("--device=fd=3,uplink=loopback").uplink()).isEqualTo(new UplinkProperties.Loopback());
        assertThat(device("--device=fd=3,uplink=null").uplink()).isEqualTo(new UplinkProperties.Null(0));
        assertThat(device("--device=fd=3,uplink=null,frame-bytes=60").uplink())
                .isEqualTo(new UplinkProperties.Null(60));
    }

    @Test
    void deviceWithoutUplinkIsRefused() {
        assertThatExceptionOfType(PropertyException.class).isThrownBy(() -> properties("--socket-path=/run/a.sock"))
                .withMessage("command line: tap is not given");
        assertThatExceptionOfType(PropertyException.class).isThrownBy(NetOptionsTest::properties)
                .withMessageStartingWith("nothing to do: give --socket-path (or --fd) and --tap");
    }

    @Test
    void helpNamesEveryOption() {
        String help = NetOptions.parse("--help").help();

        for (DeviceKey key : NetOptions.PROGRAM.keys().all()) {
            assertThat(help).contains("--" + key.text());
        }
        assertThat(help).startsWith("Usage: isthmus-net").contains("Exit status");
    }
}
