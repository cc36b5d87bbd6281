package dev.isthmus.blk.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.blk.store.BlockStore;
import dev.isthmus.blk.store.volume.Compression;
import dev.isthmus.blk.store.volume.VolumeInfo;
import dev.isthmus.blk.store.volume.Volumes;
import dev.isthmus.server.ServerProcess;
import dev.isthmus.server.management.Management;
import dev.isthmus.server.options.ProcessProperties;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator does to the volume of a device that serves. */
class VolumeManagementTest {
    private static final String PID = Long.toString(ProcessHandle.current().pid());

    @TempDir
    Path directory;

    private Volumes volumes;
    private List<ServedBlkDevice> devices;
    private Management management;
    private HttpOverUnix http;

    @BeforeEach
    void start() throws IOException {
        volumes = Volumes.in(directory);
        volumes.create("v1", 1 << 20, 4096, Compression.LZ4);
        ProcessProperties<BlkDeviceProperties> properties = BlkOptions.parse("--volumes-dir=" + directory,
                "--device=socket-path=" + directory.resolve("a.sock") + ",volume=v1",
                "--device=socket-path=" + directory.resolve("b.sock") + ",store=memory,size=1M").properties();
        devices = BlkDevices.start(properties.devices(), new ServerProcess());
        management = Management.start(properties.management(),
                devices.stream().map(ServedBlkDevice::served).toList(), new BlkMetrics(devices));
        http = new HttpOverUnix(directory.resolve("a.sock.management"));
    }

    @AfterEach
    void end() throws IOException {
        management.close();
        devices.forEach(device -> device.served().server().close());
        store().close();
    }

    private BlockStore store() {
        return devices.getFirst().device().store();
    }

    @Test
    void snapshotIsMadeWhetherAGuestIsThereOrNot() throws IOException {
        assertThat(http.post("/devices/a/snapshot?name=s1").status()).isEqualTo(200);
        store().activate();
        assertThat(http.post("/devices/a/snapshot?name=s2").status()).isEqualTo(200);

        VolumeInfo info = volumes.info("v1");
        assertThat(info.snapshots()).extracting(VolumeInfo.Snapshot::name).containsExactly("s1", "s2");
        assertThat(info.process()).isEqualTo(PID);
    }

    @Test
    void resizeTellsTheGuest() throws IOException {
        store().activate();
        var changes = new AtomicInteger();
        devices.getFirst().device().onConfigurationChange(changes::incrementAndGet);

        HttpOverUnix.Response response = http.post("/devices/a/resize?size=2M");

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.body()).contains("\"capacityBytes\":2097152", "\"store\":\"volume v1 in " + directory);
        assertThat(changes).hasValue(1);
        assertThat(volumes.info("v1").contents().logicalBytes()).isEqualTo(2 << 20);
    }

    @Test
    void whatCannotBeDoneIsRefusedInASentence() throws IOException {
        assertThat(http.post("/devices/a/resize?size=512").body()).contains("a: volume v1 has 1048576 bytes");
        assertThat(http.post("/devices/a/resize?size=x").body()).contains("size \\\"x\\\" is no size");
        assertThat(http.post("/devices/a/resize").body()).contains("It wants size and nothing else.");
        assertThat(http.post("/devices/a/snapshot?name=../x").body()).contains("is no name");
        assertThat(http.post("/devices/b/snapshot?name=s").status()).isEqualTo(400);
        assertThat(http.post("/devices/b/snapshot?name=s").body()).contains("The device is on no volume.");
        assertThat(http.post("/devices/c/snapshot?name=s").status()).isEqualTo(404);
    }

    @Test
    void scrapeHasWhatTheVolumeCosts() throws IOException {
        store().activate();

        List<String> lines = http.get("/actuator/prometheus").body().lines().toList();

        assertThat(lines).contains("isthmus_blk_volume_write_stopped{device=\"a\"} 0.0",
                "isthmus_blk_store_errors_total{device=\"a\",kind=\"checksum\"} 0.0").anyMatch(line -> line.matches(
                        "isthmus_blk_volume_native_bytes\\{device=\"a\"} [1-9].*")).noneMatch(line -> line.matches(
                                "isthmus_blk_volume_.*device=\"b\".*"));
    }
}
