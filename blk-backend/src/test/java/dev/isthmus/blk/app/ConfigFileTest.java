package dev.isthmus.blk.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.isthmus.blk.store.volume.VolumeStoreOptions;
import dev.isthmus.blk.store.volume.VolumeTuning;
import dev.isthmus.loop.Transport;
import dev.isthmus.server.Endpoint;
import dev.isthmus.server.management.ManagementAddress;
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

class ConfigFileTest {
    @TempDir
    Path directory;

    private ProcessProperties<BlkDeviceProperties> properties(String yaml, String... more) throws IOException {
        Path file = Files.writeString(directory.resolve("isthmus.yml"), yaml);
        String[] args = new String[more.length + 1];
        args[0] = "--config=" + file;
        System.arraycopy(more, 0, args, 1, more.length);
        return BlkOptions.parse(args).properties();
    }

    @Test
    void fileDescribesDevicesAsTheCommandLineDoes() throws IOException {
        ProcessProperties<BlkDeviceProperties> properties = properties("""
                isthmus:
                  management: tcp:localhost:9100
                  poll-us: 0
                  cpus: [2, 4-5]
                  devices:
                    - socket-path: /run/vm1/a.sock
                      blk-file: /srv/a,1.img
                      serial: 0123
                      num-queues: 2
                    - fd: 5
                      store: memory
                      size: 1G
                      poll-us: 30
                """);

        assertThat(properties.management()).isEqualTo(new ManagementAddress.Tcp("localhost", 9100));
        BlkDeviceProperties first = properties.devices().getFirst();
        assertThat(first.endpoint()).isEqualTo(new Endpoint.Path("/run/vm1/a.sock"));
        assertThat(first.store().describe()).isEqualTo("image /srv/a,1.img");
        assertThat(first.serial()).as("text, not an octal number").isEqualTo("0123");
        assertThat(first.workers()).isEqualTo(new WorkerOptions(1, 0, List.of(2, 4, 5), Transport.AUTO));
        BlkDeviceProperties second = properties.devices().getLast();
        assertThat(second.store()).isEqualTo(new StoreProperties.Memory(1L << 30));
        assertThat(second.workers().pollMicros()).isEqualTo(30);
    }

    @Test
    void volumeIsDescribedAsOnTheCommandLine() throws IOException {
        ProcessProperties<BlkDeviceProperties> properties = properties("""
                isthmus:
                  volumes-dir: /srv/volumes
                  volume-memory: 32M
                  devices:
                    - socket-path: /run/vm1/a.sock
                      volume: root
                      read-only: on
                    - socket-path: /run/vm1/b.sock
                      store: rocksdb
                      volume: data
                      volumes-dir: /srv/other
                      threads: 2
                """);

        var root = VolumeStoreOptions.of(Path.of("/srv/volumes"), "root").withReadOnly(true)
                .withTuning(new VolumeTuning(32L << 20, VolumeTuning.THREADS_DEFAULT));
        var data = VolumeStoreOptions.of(Path.of("/srv/other"), "data").withTuning(new VolumeTuning(32L << 20, 2));
        assertThat(properties.devices()).extracting(BlkDeviceProperties::store).containsExactly(
                new StoreProperties.Volume(root), new StoreProperties.Volume(data));
    }

    @Test
    void commandLineGoesBeforeTheFile() throws IOException {
        ProcessProperties<BlkDeviceProperties> properties = properties("""
                isthmus:
                  management: off
                  poll-us: 0
                  workers: 3
                  devices:
                    - { socket-path: /run/b.sock, store: memory, size: 1M }
                """, "--socket-path=/run/a.sock", "--blk-file=/a", "--poll-us=7", "--management=unix:/run/m");

        assertThat(properties.management()).isEqualTo(new ManagementAddress.Unix("/run/m"));
        assertThat(properties.devices()).extracting(BlkDeviceProperties::name).containsExactly("a", "b");
        assertThat(properties.devices().getLast().workers()).isEqualTo(new WorkerOptions(3, 7, List.of(),
                Transport.AUTO));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            isthmus: {devices: [{socket-path: /a, blk-file: /b, colour: red}]} | .colour: unknown property;
            isthmus: {devices: [{socket-path: /a, blk-file: /b, num-queues: 99}]} | devices[0].num-queues: "99" is no
            isthmus: {devices: [{fd: 4, blk-file: /b}, {fd: 5}]} | isthmus.devices[1]: blk-file is not given
            isthmus: {devices: [{fd: 4, blk-file: /b}, {fd: 4, blk-file: /c}]} | [1]: fd 4 is also that of
            isthmus: {devices: [{fd: {a: b}, blk-file: /b}]} | isthmus.devices[0].fd: is no single value
            isthmus: {devices: {fd: 4}}     | isthmus.devices: is no list
            isthmus: {devices: [fd]}        | isthmus.devices[0]: is no mapping of names to values
            isthmus: {devices: [], colour: red} | isthmus.colour: unknown property; known are devices, management
            isthmus: {devices: [], serial: x}   | isthmus.serial: unknown property
            isthmus: {devices: [], workers: 0, management: on} | isthmus.management: "on" is not unix:PATH
            isthmus: {devices: [{fd: 4, blk-file: /b}], workers: 0} | isthmus.workers: "0" is no number from 1 to 64
            isthmus: {devices: []}          | nothing to do
            logging: {level: debug}         | logging: unknown property
            isthmus: 3                      | isthmus: is no mapping of names to values
            isthmus: {devices: [}           | isthmus.yml, line 1:
            """, quoteCharacter = '`')
    void badPropertyIsRefusedByItsName(String yaml, String message) {
        assertThatExceptionOfType(PropertyException.class).isThrownBy(() -> properties(yaml))
                .withMessageContaining(message)
                .satisfies(e -> assertThat(e.getMessage()).hasLineCount(1));
    }

    @Test
    void keyThatStandsTwiceIsRefused() {
        assertThatExceptionOfType(PropertyException.class).isThrownBy(() -> properties("isthmus: {}\nisthmus: {}\n"))
                .withMessageContaining("duplicate key isthmus");
    }

    @Test
    void missingFileIsRefused() {
        assertThatExceptionOfType(PropertyException.class)
                .isThrownBy(() -> BlkOptions.parse("--config=/no/such.yml").properties())
                .withMessage("--config: /no/such.yml does not exist");
    }
}
