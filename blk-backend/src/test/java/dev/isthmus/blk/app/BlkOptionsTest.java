package dev.isthmus.blk.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.isthmus.blk.store.FileStoreOptions;
import dev.isthmus.blk.store.volume.VolumeStoreOptions;
import dev.isthmus.blk.store.volume.VolumeTuning;
import dev.isthmus.loop.Transport;
import dev.isthmus.server.Endpoint;
import dev.isthmus.server.management.ManagementAddress;
import dev.isthmus.server.options.DeviceKey;
import dev.isthmus.server.options.ProcessProperties;
import dev.isthmus.server.options.PropertyException;
import dev.isthmus.vring.WatchLimits;
import dev.isthmus.vring.WorkerOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BlkOptionsTest {
    private static ProcessProperties<BlkDeviceProperties> properties(String... args) {
        return BlkOptions.parse(args).properties();
    }

    @Test
    void qemusOptionsMakeOneDevice() {
        ProcessProperties<BlkDeviceProperties> properties = properties("--socket-path=/run/vm1/disk0.sock",
                "--blk-file=/srv/a.img",
                "--read-only");

        assertThat(properties.management()).isEqualTo(
                new ManagementAddress.Unix("/run/vm1/disk0.sock.management"));
        BlkDeviceProperties device = properties.devices().getFirst();
        assertThat(properties.devices()).hasSize(1);
        assertThat(device.name()).isEqualTo("disk0");
        assertThat(device.endpoint()).isEqualTo(new Endpoint.Path("/run/vm1/disk0.sock"));
        assertThat(device.store()).isEqualTo(
                new StoreProperties.File(FileStoreOptions.of(Path.of("/srv/a.img")).withReadOnly(true)));
        assertThat(device.serial()).isEmpty();
        assertThat(device.queues()).isEqualTo(16);
        assertThat(device.stateFile()).isEqualTo(Path.of("/run/vm1/disk0.sock.state"));
        assertThat(device.workers()).isEqualTo(new WorkerOptions(1, 50, List.of(), Transport.AUTO));
        assertThat(device.anyMemoryFile()).isFalse();
    }

    @Test
    void valuesMayFollowAsArgumentsOfTheirOwn() {
        assertThat(properties("--fd", "3", "--blk-file", "/srv/a.img").devices().getFirst().endpoint())
                .isEqualTo(new Endpoint.Inherited(3));
    }

    @Test
    void inheritedSocketHasNoDefaultPlaceForAnything() {
        ProcessProperties<BlkDeviceProperties> properties = properties("--fd=7", "--blk-file=/srv/a.img");

        assertThat(properties.management()).isEqualTo(new ManagementAddress.Off());
        assertThat(properties.devices().getFirst().stateFile()).isNull();
        assertThat(properties.devices().getFirst().name()).isEqualTo("fd7");
    }

    @Test
    void clientHasTheSameDefaultPlacesAsWhoListens() {
        ProcessProperties<BlkDeviceProperties> properties = properties("--socket-path=/run/vm1/disk0.sock", "--client",
                "--blk-file=/srv/a.img");

        BlkDeviceProperties device = properties.devices().getFirst();
        assertThat(device.endpoint()).isEqualTo(new Endpoint.Client("/run/vm1/disk0.sock"));
        assertThat(device.name()).isEqualTo("disk0");
        assertThat(device.stateFile()).isEqualTo(Path.of("/run/vm1/disk0.sock.state"));
        assertThat(properties.management())
                .isEqualTo(new ManagementAddress.Unix("/run/vm1/disk0.sock.management"));
    }

    @Test
    void socketPathThatLeavesNoRoomForManagementHasNone() {
        String path = "/" + "s".repeat(106);

        assertThat(properties("--socket-path=" + path, "--blk-file=/a").management())
                .isEqualTo(new ManagementAddress.Off());
    }

    @Test
    void everyDeviceOptionIsADeviceOfItsOwn() {
        List<BlkDeviceProperties> devices = properties("--poll-us=0", "--workers=2",
                "--device=socket-path=/run/a.sock,store=memory,size=64M,serial=a,,b,num-queues=2,poll-us=50,"
                        + "transport=epoll,cpus=1:3-4",
                "--device=fd=5,name=second,blk-file=/srv/b.img,direct,read-only=on,discard=off,locking=off,threads=9,"
                        + "state-file=/var/b.state,any-memory-file=on").devices();

        assertThat(devices).extracting(BlkDeviceProperties::name).containsExactly("a", "second");
        BlkDeviceProperties first = devices.getFirst();
        assertThat(first.store()).isEqualTo(new StoreProperties.Memory(64L << 20));
        assertThat(first.serial()).isEqualTo("a,b");
        assertThat(first.queues()).isEqualTo(2);
        assertThat(first.workers()).isEqualTo(new WorkerOptions(2, 50, List.of(1, 3, 4), Transport.EPOLL));
        BlkDeviceProperties second = devices.getLast();
        assertThat(second.store()).isEqualTo(new StoreProperties.File(
                new FileStoreOptions(Path.of("/srv/b.img"), true, true, 9, false, false)));
        assertThat(second.workers()).isEqualTo(new WorkerOptions(2, 0, List.of(), Transport.AUTO));
        assertThat(second.stateFile()).isEqualTo(Path.of("/var/b.state"));
        assertThat(second.anyMemoryFile()).isTrue();
    }

    @Test
    void watchdogSpeaksWhenTheOperatorWants() {
        BlkDeviceProperties device = properties("--socket-path=/run/a.sock", "--blk-file=/a", "--stalled-s=5",
                "--untaken-ms=0").devices().getFirst();

        assertThat(device.workers().watch()).isEqualTo(new WatchLimits(Duration.ZERO, Duration.ofSeconds(5)));
        assertThat(device.faults()).isFalse();
        assertThat(properties("--socket-path=/run/a.sock", "--blk-file=/a", "--faults").devices().getFirst().faults())
                .isTrue();
    }

    @Test
    void nullStoreFillsUnlessItIsToldNotTo() {
        String device = "--device=socket-path=/a,store=null,size=1K";

        assertThat(properties(device).devices().getFirst().store()).isEqualTo(new StoreProperties.Null(1024, true));
        assertThat(properties(device + ",read-zeroes").devices().getFirst().store())
                .isEqualTo(new StoreProperties.Null(1024, true));
        assertThat(properties(device + ",read-zeroes=off").devices().getFirst().store())
                .isEqualTo(new StoreProperties.Null(1024, false));
    }

    @Test
    void volumeMakesADeviceOnIt() {
        assertThat(properties("--socket-path=/a", "--volume=v1").devices().getFirst().store()).isEqualTo(
                new StoreProperties.Volume(VolumeStoreOptions.of(Path.of("/var/lib/isthmus/volumes"), "v1")));
        assertThat(properties("--device=socket-path=/a,store=rocksdb,volume=v1,read-only", "--volumes-dir=/srv/v",
                "--volume-memory=32M", "--threads=2").devices().getFirst().store()).isEqualTo(
                        new StoreProperties.Volume(new VolumeStoreOptions(Path.of("/srv/v"), "v1", true, true,
                                new VolumeTuning(32L << 20, 2))));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            volume=../a            | volume: "../a" is no name
            volume=a,size=1M       | size: excludes volume
            volume=a,store=memory  | volume: is for store=rocksdb only
            store=rocksdb          | volume is not given
            volume=a,volume-memory=1M | volume-memory: "1M" is no amount of at least 16 MiB
            """, quoteCharacter = '`')
    void volumeThatCannotBeMeantIsRefused(String device, String message) {
        assertThatExceptionOfType(PropertyException.class)
                .isThrownBy(() -> properties("--device=socket-path=/run/a.sock," + device))
                .withMessageContaining(message);
    }

    @Test
    void managementListensWhereItIsTold() {
        String[] device = {"--socket-path=/run/a.sock", "--blk-file=/a", ""};
        device[2] = "--management=tcp:127.0.0.1:9100";
        assertThat(properties(device).management()).isEqualTo(new ManagementAddress.Tcp("127.0.0.1", 9100));
        device[2] = "--management=tcp:[::1]:0";
        assertThat(properties(device).management()).isEqualTo(new ManagementAddress.Tcp("::1", 0));
        device[2] = "--management=unix:/run/m.sock";
        assertThat(properties(device).management()).isEqualTo(new ManagementAddress.Unix("/run/m.sock"));
        device[2] = "--management=off";
        assertThat(properties(device).management()).isEqualTo(new ManagementAddress.Off());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            num-queues=0      | --num-queues: "0" is no number from 1 to 16
            num-queues=17     | --num-queues: "17" is no number from 1 to 16
            num-queues=two    | --num-queues: "two" is no number from 1 to 16
            poll-us=10001     | --poll-us: "10001" is no number from 0 to 10000
            transport=iouring | --transport: "iouring" is none of auto, io_uring and epoll
            stalled-s=3601    | --stalled-s: "3601" is no number from 0 to 3600
            untaken-ms=600001 | --untaken-ms: "600001" is no number from 0 to 600000
            workers=0         | --workers: "0" is no number from 1 to 64
            threads=129       | --threads: "129" is no number from 1 to 128
            threads=99999999999999999999 | --threads: "99999999999999999999" is no number from 1 to 128
            direct=maybe      | --direct: "maybe" is neither on nor off
            serial=123456789012345678901 | --serial: "123456789012345678901" is not at most 20 printable ASCII
            serial=grün       | --serial: "grün" is not at most 20 printable ASCII characters
            cpus=1,x          | --cpus: "1,x" is no list of CPUs, such as 2,4-5
            cpus=4-2          | --cpus: "4-2" is no range of CPUs from 0 to 1023
            volume=a          | --blk-file: excludes volume
            store=tape        | --store: "tape" is none of file, rocksdb, memory and null
            size=1G           | --size: is for store=memory and store=null; a file has its own size
            fd=3              | --fd: excludes socket-path
            client=yes        | --client: "yes" is neither on nor off
            management=nowhere | --management: "nowhere" is not unix:PATH|tcp:HOST:PORT|off
            management=tcp:h:70000 | --management: "tcp:h:70000" is not unix:PATH|tcp:HOST:PORT|off
            unknown           | command line: Unknown option: '--unknown'
            serial            | command line: Missing required parameter for option '--serial' (TEXT)
            """, quoteCharacter = '`')
    void badOptionIsRefusedByItsName(String option, String message) {
        assertThatExceptionOfType(PropertyException.class)
                .isThrownBy(() -> properties("--socket-path=/run/a.sock", "--blk-file=/a", "--" + option))
                .withMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            socket-path=/a,blk-file=/b,colour=red | unknown key "colour"; known are socket-path, client, fd
            socket-path=/a,blk-file     | blk-file: has no value
            socket-path=/a,socket-path=/b,blk-file=/c | socket-path: is given twice
            socket-path=/a              | --device socket-path=/a: blk-file is not given
            blk-file=/a                 | --device blk-file=/a: neither socket-path nor fd is given
            fd=3,client,blk-file=/a     | client: needs socket-path; fd is listening or connected already
            client=on,blk-file=/a       | neither socket-path nor fd is given
            fd=2,blk-file=/a            | fd: "2" is no number from 3 to 1048576
            socket-path=/a,store=memory | size: is needed here
            socket-path=/a,store=memory,size=100   | size: "100" is no size: a multiple of 512, such as 10G
            socket-path=/a,store=memory,size=9999999T | size: "9999999T" is no size
            socket-path=/a,store=null,size=1G,blk-file=/x | blk-file: is for store=file only
            socket-path=/a,store=null,size=1G,read-only   | read-only: is for store=file only
            socket-path=/a,store=memory,size=1G,read-zeroes | read-zeroes: is for store=null only
            socket-path=/a,blk-file=/b,read-zeroes=off    | read-zeroes: is for store=null only
            socket-path=/a,store=null,size=1G,read-zeroes=no | read-zeroes: "no" is neither on nor off
            socket-path=/a,blk-file=/b,name=-x     | name: "-x" has other characters
            socket-path=,blk-file=/b    | socket-path: "" is 0 bytes long
            socket-path=/a,blk-file=    | blk-file: is empty
            """, quoteCharacter = '`')
    void badDeviceIsRefusedByItsKey(String device, String message) {
        assertThatExceptionOfType(PropertyException.class)
                .isThrownBy(() -> properties("--device=" + device))
                .withMessageStartingWith("--device " + device)
                .withMessageContaining(message);
    }

    @Test
    void socketPathOverTheKernelsLimitIsRefused() {
        assertThatExceptionOfType(PropertyException.class)
                .isThrownBy(() -> properties("--socket-path=/" + "ü".repeat(54), "--blk-file=/a"))
                .withMessageStartingWith("--socket-path: ").withMessageContaining("is 109 bytes long; 1 to 107");
    }

    @Test
    void nothingToDoIsRefused() {
        assertThatExceptionOfType(PropertyException.class).isThrownBy(BlkOptionsTest::properties)
                .withMessageStartingWith("nothing to do: ");
        assertThatExceptionOfType(PropertyException.class).isThrownBy(() -> properties("--workers=2"))
                .withMessageStartingWith("nothing to do: ");
    }

    @Test
    void oneNameOrSocketForTwoDevicesIsRefused() {
        assertThatExceptionOfType(PropertyException.class).isThrownBy(() -> properties(
                "--device=socket-path=/run/vm1/a.sock,blk-file=/a", "--device=socket-path=/run/vm2/a.sock,blk-file=/b"))
                .withMessageContaining("name \"a\" is also that of --device socket-path=/run/vm1/a.sock");
        assertThatExceptionOfType(PropertyException.class).isThrownBy(() -> properties(
                "--device=socket-path=/run/a.sock,blk-file=/a",
                "--device=socket-path=/run/./a.sock,blk-file=/b,name=b"))
                .withMessageContaining("socket-path /run/./a.sock is also that of --device socket-path=/run/a.sock");
    }

    @Test
    void helpNamesEveryOption() {
        String help = BlkOptions.parse("--help").help();

        for (DeviceKey key : BlkOptions.PROGRAM.keys().all()) {
            assertThat(help).contains("--" + key.text());
        }
        assertThat(help).contains("--device", "--config", "--management", "--print-capabilities", "Exit status");
    }
}
