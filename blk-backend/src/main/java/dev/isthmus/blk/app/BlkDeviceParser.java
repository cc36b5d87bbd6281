package dev.isthmus.blk.app;

import dev.isthmus.blk.store.FileStoreOptions;
import dev.isthmus.blk.store.volume.VolumeException;
import dev.isthmus.blk.store.volume.VolumeName;
import dev.isthmus.blk.store.volume.VolumeStoreOptions;
import dev.isthmus.blk.store.volume.VolumeTuning;
import dev.isthmus.blk.store.volume.Volumes;
import dev.isthmus.loop.Transport;
import dev.isthmus.server.Endpoint;
import dev.isthmus.vring.Limits;
import dev.isthmus.vring.WatchLimits;
import dev.isthmus.vring.WorkerOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Makes a device's properties of what was written, or says which of them cannot be. */
final class BlkDeviceParser {
    /** unix(7): {@code sun_path} has 108 bytes with the terminating zero. */
    static final int SOCKET_PATH_BYTES_MAX = 107;
    /** virtio 1.3, 5.2.6: VIRTIO_BLK_T_GET_ID fills 20 bytes. */
    static final int SERIAL_MAX = 20;
    static final int QUEUES_MAX = 16;
    /**
     * As many as there can be: QEMU's {@code num-queues=auto} asks for one per virtual CPU and gives up when the
     * back-end has fewer, and a queue nobody starts costs nothing.
     */
    static final int QUEUES_DEFAULT = QUEUES_MAX;
    /**
     * Longer than it takes to wake a guest, also where that is slow: a worker that slept meanwhile would have to be
     * woken in its turn, and then both sides do little else (ADR 0004).
     */
    static final int POLL_MICROS_DEFAULT = 50;

    private static final int UNTAKEN_MILLIS_MAX = 600_000;
    private static final int STALLED_SECONDS_MAX = 3600;
    private static final int FD_LEAST = 3; // 0 to 2 are the standard streams
    private static final int FD_MOST = 1 << 20;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,62}");
    private static final Pattern SERIAL = Pattern.compile("[ -~]{0," + SERIAL_MAX + "}");

    private final DeviceValues values;

    private BlkDeviceParser(DeviceValues values) {
        this.values = values;
    }

    static BlkDeviceProperties parse(DeviceValues values) {
        var parser = new BlkDeviceParser(values);
        Endpoint endpoint = parser.endpoint();
        return new BlkDeviceProperties(values.source(), parser.name(endpoint), endpoint, parser.store(), parser
                .serial(),
                values.number(DeviceKey.NUM_QUEUES, 1, QUEUES_MAX, QUEUES_DEFAULT), parser.stateFile(endpoint),
                parser.workers(), values.onOff(DeviceKey.ANY_MEMORY_FILE, false),
                values.onOff(DeviceKey.FAULTS, false));
    }

    private Endpoint endpoint() {
        String path = values.text(DeviceKey.SOCKET_PATH);
        if (path == null) {
            if (!values.has(DeviceKey.FD)) {
                throw new PropertyException(values.source(), "neither socket-path nor fd is given");
            }
            if (values.onOff(DeviceKey.CLIENT, false)) {
                throw values.refuse(DeviceKey.CLIENT, "needs socket-path; fd is listening or connected already");
            }
            return new Endpoint.Inherited(values.number(DeviceKey.FD, FD_LEAST, FD_MOST, -1));
        }
        if (values.has(DeviceKey.FD)) {
            throw values.refuse(DeviceKey.FD, "excludes socket-path");
        }
        int bytes = path.getBytes(StandardCharsets.UTF_8).length;
        if (bytes == 0 || bytes > SOCKET_PATH_BYTES_MAX) {
            throw values.refuse(DeviceKey.SOCKET_PATH, "\"" + path + "\" is " + bytes + " bytes long; 1 to "
                    + SOCKET_PATH_BYTES_MAX + " are possible");
        }
        String socket = toPath(DeviceKey.SOCKET_PATH, path).toString();
        return values.onOff(DeviceKey.CLIENT, false) ? new Endpoint.Client(socket) : new Endpoint.Path(socket);
    }

    private String name(Endpoint endpoint) {
        String name = values.text(DeviceKey.NAME);
        if (name == null) {
            return defaultName(endpoint);
        }
        if (!NAME.matcher(name).matches()) {
            throw values.refuse(DeviceKey.NAME, "\"" + name + "\" has other characters than letters, digits, _ . and -,"
                    + " or more than 63, or begins with none of the first two");
        }
        return name;
    }

    private static String defaultName(Endpoint endpoint) {
        return switch (endpoint) {
            case Endpoint.Inherited(int fd) -> "fd" + fd;
            case Endpoint.Path(String path) -> nameOf(path);
            case Endpoint.Client(String path) -> nameOf(path);
        };
    }

    private static String nameOf(String socketPath) {
        String file = socketPath.substring(socketPath.lastIndexOf('/') + 1).replaceFirst("\\.(sock|socket)$", "")
                .replaceAll("[^A-Za-z0-9_.-]", "_").replaceFirst("^[^A-Za-z0-9]+", "");
        return file.isEmpty() ? "blk" : file.substring(0, Math.min(file.length(), 63));
    }

    private StoreProperties store() {
        String kind = values.text(DeviceKey.STORE);
        if (values.has(DeviceKey.READ_ZEROES) && !"null".equals(kind)) {
            throw values.refuse(DeviceKey.READ_ZEROES, "is for store=null only");
        }
        String implied = values.has(DeviceKey.VOLUME) ? "rocksdb" : "file";
        if (kind != null && values.has(DeviceKey.VOLUME) && !kind.equals(implied)) {
            throw values.refuse(DeviceKey.VOLUME, "is for store=rocksdb only");
        }
        return switch (kind == null ? implied : kind) {
            case "file" -> file();
            case "rocksdb" -> volume();
            case "memory" -> new StoreProperties.Memory(sizeOfNoFile());
            case "null" -> new StoreProperties.Null(sizeOfNoFile(),
                    values.onOff(DeviceKey.READ_ZEROES, true));
            default -> throw values.refuse(DeviceKey.STORE, "\"" + kind
                    + "\" is none of file, rocksdb, memory and null");
        };
    }

    private StoreProperties file() {
        String path = values.text(DeviceKey.BLK_FILE);
        if (path == null) {
            throw new PropertyException(values.source(), "blk-file is not given");
        }
        if (path.isEmpty()) {
            throw values.refuse(DeviceKey.BLK_FILE, "is empty");
        }
        if (values.has(DeviceKey.SIZE)) {
            throw values.refuse(DeviceKey.SIZE, "is for store=memory and store=null; a file has its own size");
        }
        return new StoreProperties.File(new FileStoreOptions(toPath(DeviceKey.BLK_FILE, path),
                values.onOff(DeviceKey.READ_ONLY, false),
                values.onOff(DeviceKey.DIRECT, false),
                values.number(DeviceKey.THREADS, 1, FileStoreOptions.THREADS_MAX, FileStoreOptions.THREADS_DEFAULT),
                values.onOff(DeviceKey.DISCARD, true),
                values.onOff(DeviceKey.LOCKING, true)));
    }

    private StoreProperties volume() {
        String name = values.text(DeviceKey.VOLUME);
        if (name == null) {
            throw new PropertyException(values.source(), "volume is not given");
        }
        for (DeviceKey other : new DeviceKey[] {DeviceKey.BLK_FILE, DeviceKey.SIZE}) {
            if (values.has(other)) {
                throw values.refuse(other, "excludes volume");
            }
        }
        try {
            VolumeName.check(name);
        } catch (VolumeException e) {
            throw values.refuse(DeviceKey.VOLUME, String.valueOf(e.getMessage()));
        }
        String directory = values.text(DeviceKey.VOLUMES_DIR);
        var tuning = new VolumeTuning(
                values.bytes(DeviceKey.VOLUME_MEMORY, VolumeTuning.MEMORY_BYTES_LEAST, VolumeTuning.MEMORY_BYTES_MOST,
                        VolumeTuning.MEMORY_BYTES_DEFAULT),
                values.number(DeviceKey.THREADS, 1, VolumeTuning.THREADS_MAX, VolumeTuning.THREADS_DEFAULT));
        return new StoreProperties.Volume(new VolumeStoreOptions(
                toPath(DeviceKey.VOLUMES_DIR, directory == null ? Volumes.DEFAULT_DIRECTORY : directory), name,
                values.onOff(DeviceKey.READ_ONLY, false), values.onOff(DeviceKey.DISCARD, true), tuning));
    }

    private long sizeOfNoFile() {
        if (values.has(DeviceKey.BLK_FILE)) {
            throw values.refuse(DeviceKey.BLK_FILE, "is for store=file only");
        }
        if (values.onOff(DeviceKey.READ_ONLY, false)) {
            throw values.refuse(DeviceKey.READ_ONLY, "is for store=file only");
        }
        return values.sizeBytes(DeviceKey.SIZE);
    }

    private String serial() {
        String serial = values.text(DeviceKey.SERIAL);
        if (serial != null && !SERIAL.matcher(serial).matches()) {
            throw values.refuse(DeviceKey.SERIAL, "\"" + serial + "\" is not at most " + SERIAL_MAX
                    + " printable ASCII characters");
        }
        return serial == null ? "" : serial;
    }

    private @Nullable Path stateFile(Endpoint endpoint) {
        String path = values.text(DeviceKey.STATE_FILE);
        if (path != null) {
            return path.isEmpty() ? null : toPath(DeviceKey.STATE_FILE, path);
        }
        String socket = endpoint.socketPath();
        return socket == null ? null : Path.of(socket + ".state");
    }

    private WorkerOptions workers() {
        return new WorkerOptions(values.number(DeviceKey.WORKERS, 1, Limits.WORKERS_MAX, 1),
                values.number(DeviceKey.POLL_US, 0, (int) Limits.POLL_MICROS_MAX, POLL_MICROS_DEFAULT),
                values.cpus(DeviceKey.CPUS), transport(), watch());
    }

    private WatchLimits watch() {
        long untakenMillis = values.number(DeviceKey.UNTAKEN_MS, 0, UNTAKEN_MILLIS_MAX,
                (int) WatchLimits.USUAL.untaken().toMillis());
        long stalledSeconds = values.number(DeviceKey.STALLED_S, 0, STALLED_SECONDS_MAX,
                (int) WatchLimits.USUAL.stalled().toSeconds());
        return new WatchLimits(Duration.ofMillis(untakenMillis), Duration.ofSeconds(stalledSeconds));
    }

    private Transport transport() {
        String name = values.text(DeviceKey.TRANSPORT);
        Transport transport = name == null ? Transport.AUTO
                : Arrays.stream(Transport.values()).filter(t -> t.text().equals(name)).findFirst()
                        .orElseThrow(() -> values.refuse(DeviceKey.TRANSPORT, "\"" + name
                                + "\" is none of auto, io_uring and epoll"));
        String problem = transport.unavailability();
        if (problem != null) {
            throw values.refuse(DeviceKey.TRANSPORT, "io_uring is not available: " + problem);
        }
        return transport;
    }

    private Path toPath(DeviceKey key, String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw values.refuse(key, "is no path: " + e.getReason());
        }
    }
}
