package dev.isthmus.blk.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** QEMU's own tools and we keep out of each other's way. Needs the packages qemu-utils and qemu-system-common. */
@Tag("e2e")
class QemuLockIT {
    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private Path image;

    @BeforeEach
    void makeImage() {
        image = Images.sparse(directory, "a.img", 1 << 20);
    }

    private FileStore store(boolean readOnly) throws IOException {
        return FileStore.open("vda", FileStoreOptions.of(image).withReadOnly(readOnly));
    }

    private Tool.Result qemuIo(String... options) throws IOException {
        String[] command = new String[options.length + 4];
        command[0] = "qemu-io";
        command[1] = "-f";
        command[2] = "raw";
        System.arraycopy(options, 0, command, 3, options.length);
        command[command.length - 1] = image.toString();
        return Tool.run(command);
    }

    private String exportWritable() {
        return "type=vhost-user-blk,id=e,node-name=n,writable=on,addr.type=unix,addr.path=" + directory.resolve("s");
    }

    private Tool.Result storageDaemonOnce() throws IOException {
        return Tool.run("qemu-storage-daemon", "--blockdev", blockdev(), "--export", exportWritable());
    }

    private String blockdev() {
        return "driver=file,node-name=n,filename=" + image;
    }

    @Test
    void qemuDoesNotWriteWhatWeUse() throws IOException {
        for (boolean readOnly : new boolean[] {false, true}) {
            try (var store = store(readOnly)) {
                store.activate();

                assertThat(qemuIo("-c", "write 0 4k").output()).contains("Failed to get");
                assertThat(storageDaemonOnce().output()).contains("Failed to get");
                assertThat(Tool.run("qemu-img", "resize", "-f", "raw", image.toString(), "2M").status()).isNotZero();
                assertThat(Tool.run("qemu-img", "convert", "-n", "-f", "raw", "-O", "raw", image.toString(),
                        image.toString()).status()).isNotZero();

                store.deactivate();
                assertThat(qemuIo("-c", "write 0 4k").output()).contains("wrote 4096/4096");
            }
        }
    }

    @Test
    void qemuReadsAnImageWeOnlyRead() throws IOException {
        try (var store = store(true)) {
            store.activate();

            assertThat(Tool.run("qemu-img", "info", "-f", "raw", image.toString()).status()).isZero();
            assertThat(Tool.run("qemu-img", "convert", "-f", "raw", "-O", "raw", image.toString(),
                    directory.resolve("copy.img").toString()).status()).isZero();
        }
    }

    @Test
    void qemuDoesNotCopyAnImageWhileWeWriteItUnlessForced() throws IOException {
        try (var store = store(false)) {
            store.activate();

            String copy = directory.resolve("copy.img").toString();
            assertThat(Tool.run("qemu-img", "convert", "-f", "raw", "-O", "raw", image.toString(), copy).output())
                    .contains("Failed to get");
            assertThat(Tool.run("qemu-img", "convert", "-U", "-f", "raw", "-O", "raw", image.toString(), copy).status())
                    .isZero();
        }
    }

    @Test
    void weDoNotUseWhatTheStorageDaemonWrites() throws IOException, InterruptedException {
        Process daemon = new ProcessBuilder("qemu-storage-daemon", "--blockdev", blockdev(), "--export",
                exportWritable(), "--chardev", "stdio,id=c", "--monitor", "c").redirectErrorStream(true).start();
        try (var output = daemon.inputReader(StandardCharsets.UTF_8);
                var input = new OutputStreamWriter(daemon.getOutputStream(), StandardCharsets.UTF_8)) {
            // Its greeting comes after blockdev and export are there.
            assertThat(output.readLine()).contains("QMP");
            refusedToActivate(store(false));
            refusedToActivate(store(true));
            input.write("{'execute':'qmp_capabilities'}\n{'execute':'quit'}\n");
            input.flush();
            assertThat(daemon.waitFor(30, TimeUnit.SECONDS)).isTrue();
        } finally {
            daemon.destroyForcibly();
        }
        try (var store = store(false)) {
            store.activate();
        }
    }

    private void refusedToActivate(FileStore store) throws IOException {
        try (store) {
            assertThatExceptionOfType(IOException.class).isThrownBy(store::activate)
                    .withMessageContainingAll(image.toString(), "by another process");
        }
    }
}
