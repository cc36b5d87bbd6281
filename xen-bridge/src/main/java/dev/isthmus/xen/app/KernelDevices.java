package dev.isthmus.xen.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The kernel's bus of back-end devices, in sysfs: while {@code drivers_autoprobe} is 0 it gives no new device to a
 * driver by itself, so that we may take those that are meant for us.
 */
final class KernelDevices {
    /** Where Linux has it: {@code Documentation/ABI/testing/sysfs-bus-*}, and {@code drivers/xen/xenbus}. */
    static final Path SYSFS = Path.of("/sys/bus/xen-backend");

    private final Path bus;

    KernelDevices(Path bus) {
        this.bus = bus;
    }

    /** Whether the kernel gives new devices to its drivers by itself. */
    void autoprobe(boolean on) throws IOException {
        write("drivers_autoprobe", on ? "1" : "0");
    }

    /** Whether the kernel has seen the device by now: it learns of it when we do. */
    boolean knows(DeviceId id) {
        return Files.isDirectory(bus.resolve("devices").resolve(id.toString()));
    }

    /** The driver a device has, if it has one. */
    Optional<String> driver(DeviceId id) {
        try {
            return Optional.of(bus.resolve("devices").resolve(id.toString()).resolve("driver").toRealPath()
                    .getFileName().toString());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Lets the kernel look for a driver now; there may be none yet. */
    void probe(DeviceId id) throws IOException {
        write("drivers_probe", id.toString());
    }

    /** Takes a device away from its driver. */
    void unbind(DeviceId id, String driver) throws IOException {
        write("drivers/" + driver + "/unbind", id.toString());
    }

    private void write(String file, String text) throws IOException {
        Path path = bus.resolve(file);
        if (!Files.exists(path)) {
            throw new IOException("there is no " + path);
        }
        Files.writeString(path, text);
    }
}
