package dev.isthmus.blk.app;

import dev.isthmus.blk.store.BlockLimits;
import dev.isthmus.blk.store.FileStoreOptions;
import dev.isthmus.blk.store.volume.VolumeException;
import dev.isthmus.blk.store.volume.VolumeName;
import dev.isthmus.blk.store.volume.VolumeStoreOptions;
import dev.isthmus.blk.store.volume.VolumeTuning;
import dev.isthmus.blk.store.volume.Volumes;
import dev.isthmus.server.Endpoint;
import dev.isthmus.server.options.CommonParser;
import dev.isthmus.server.options.CommonProperties;
import dev.isthmus.server.options.DeviceValues;
import dev.isthmus.server.options.PropertyException;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Makes a device's properties of what was written, or says which of them cannot be. */
final class BlkDeviceParser {
    /** virtio 1.3, 5.2.6: VIRTIO_BLK_T_GET_ID fills 20 bytes. */
    static final int SERIAL_MAX = 20;
    static final int QUEUES_MAX = 16;
    /**
     * As many as there can be: QEMU's {@code num-queues=auto} asks for one per virtual CPU and gives up when the
     * back-end has fewer, and a queue nobody starts costs nothing.
     */
    static final int QUEUES_DEFAULT = QUEUES_MAX;

    private static final Pattern SERIAL = Pattern.compile("[ -~]{0," + SERIAL_MAX + "}");

    private final DeviceValues values;

    private BlkDeviceParser(DeviceValues values) {
        this.values = values;
    }

    static BlkDeviceProperties parse(DeviceValues values) {
        var parser = new BlkDeviceParser(values);
        CommonProperties common = CommonParser.parse(values, BlkOptions.PROGRAM.defaultDeviceName());
        return new BlkDeviceProperties(common, parser.store(), parser.serial(),
                values.number(BlkKey.NUM_QUEUES, 1, QUEUES_MAX, QUEUES_DEFAULT), parser.stateFile(common.endpoint()),
                values.onOff(BlkKey.FAULTS, false));
    }

    private StoreProperties store() {
        String kind = values.text(BlkKey.STORE);
        if (values.has(BlkKey.READ_ZEROES) && !"null".equals(kind)) {
            throw values.refuse(BlkKey.READ_ZEROES, "is for store=null only");
        }
        String implied = values.has(BlkKey.VOLUME) ? "rocksdb" : "file";
        if (kind != null && values.has(BlkKey.VOLUME) && !kind.equals(implied)) {
            throw values.refuse(BlkKey.VOLUME, "is for store=rocksdb only");
        }
        return switch (kind == null ? implied : kind) {
            case "file" -> file();
            case "rocksdb" -> volume();
            case "memory" -> new StoreProperties.Memory(sizeOfNoFile());
            case "null" -> new StoreProperties.Null(sizeOfNoFile(),
                    values.onOff(BlkKey.READ_ZEROES, true));
            default -> throw values.refuse(BlkKey.STORE, "\"" + kind
                    + "\" is none of file, rocksdb, memory and null");
        };
    }

    private StoreProperties file() {
        String path = values.text(BlkKey.BLK_FILE);
        if (path == null) {
            throw new PropertyException(values.source(), "blk-file is not given");
        }
        if (path.isEmpty()) {
            throw values.refuse(BlkKey.BLK_FILE, "is empty");
        }
        if (values.has(BlkKey.SIZE)) {
            throw values.refuse(BlkKey.SIZE, "is for store=memory and store=null; a file has its own size");
        }
        return new StoreProperties.File(new FileStoreOptions(values.path(BlkKey.BLK_FILE, path),
                values.onOff(BlkKey.READ_ONLY, false),
                values.onOff(BlkKey.DIRECT, false),
                values.number(BlkKey.THREADS, 1, FileStoreOptions.THREADS_MAX, FileStoreOptions.THREADS_DEFAULT),
                values.onOff(BlkKey.DISCARD, true),
                values.onOff(BlkKey.LOCKING, true)));
    }

    private StoreProperties volume() {
        String name = values.text(BlkKey.VOLUME);
        if (name == null) {
            throw new PropertyException(values.source(), "volume is not given");
        }
        for (BlkKey other : new BlkKey[] {BlkKey.BLK_FILE, BlkKey.SIZE}) {
            if (values.has(other)) {
                throw values.refuse(other, "excludes volume");
            }
        }
        try {
            VolumeName.check(name);
        } catch (VolumeException e) {
            throw values.refuse(BlkKey.VOLUME, String.valueOf(e.getMessage()));
        }
        String directory = values.text(BlkKey.VOLUMES_DIR);
        var tuning = new VolumeTuning(
                values.bytes(BlkKey.VOLUME_MEMORY, VolumeTuning.MEMORY_BYTES_LEAST, VolumeTuning.MEMORY_BYTES_MOST,
                        VolumeTuning.MEMORY_BYTES_DEFAULT),
                values.number(BlkKey.THREADS, 1, VolumeTuning.THREADS_MAX, VolumeTuning.THREADS_DEFAULT));
        return new StoreProperties.Volume(new VolumeStoreOptions(
                values.path(BlkKey.VOLUMES_DIR, directory == null ? Volumes.DEFAULT_DIRECTORY : directory), name,
                values.onOff(BlkKey.READ_ONLY, false), values.onOff(BlkKey.DISCARD, true), tuning));
    }

    private long sizeOfNoFile() {
        if (values.has(BlkKey.BLK_FILE)) {
            throw values.refuse(BlkKey.BLK_FILE, "is for store=file only");
        }
        if (values.onOff(BlkKey.READ_ONLY, false)) {
            throw values.refuse(BlkKey.READ_ONLY, "is for store=file only");
        }
        return sizeBytes();
    }

    private long sizeBytes() {
        String value = values.text(BlkKey.SIZE);
        if (value == null) {
            throw values.refuse(BlkKey.SIZE, "is needed here");
        }
        long bytes = DeviceValues.parseBytes(value);
        if (bytes <= 0 || bytes % BlockLimits.SECTOR_BYTES != 0) {
            throw values.refuse(BlkKey.SIZE, "\"" + value + "\" is no size: a multiple of 512, such as 10G");
        }
        return bytes;
    }

    private String serial() {
        String serial = values.text(BlkKey.SERIAL);
        if (serial != null && !SERIAL.matcher(serial).matches()) {
            throw values.refuse(BlkKey.SERIAL, "\"" + serial + "\" is not at most " + SERIAL_MAX
                    + " printable ASCII characters");
        }
        return serial == null ? "" : serial;
    }

    private @Nullable Path stateFile(Endpoint endpoint) {
        String path = values.text(BlkKey.STATE_FILE);
        if (path != null) {
            return path.isEmpty() ? null : values.path(BlkKey.STATE_FILE, path);
        }
        String socket = endpoint.socketPath();
        return socket == null ? null : Path.of(socket + ".state");
    }
}
