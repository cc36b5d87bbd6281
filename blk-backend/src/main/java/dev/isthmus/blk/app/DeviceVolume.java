package dev.isthmus.blk.app;

import dev.isthmus.blk.BlkDevice;
import dev.isthmus.blk.store.BlockStore;
import dev.isthmus.blk.store.StoreAround;
import dev.isthmus.blk.store.volume.RocksDbBlockStore;
import dev.isthmus.server.options.DeviceValues;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What can be done to the volume of a device while a guest uses it. */
final class DeviceVolume {
    private static final String NAME = "name";
    private static final String SIZE = "size";

    private DeviceVolume() {}

    /** The device's volume; null if it has another store. */
    static @Nullable RocksDbBlockStore of(BlkDevice device) {
        BlockStore store = device.store();
        while (store instanceof StoreAround around) {
            store = around.behind();
        }
        return store instanceof RocksDbBlockStore volume ? volume : null;
    }

    /**
     * Does it.
     *
     * @param what snapshot, with a name, or resize, with a size
     * @throws IllegalArgumentException with a sentence about what was asked
     * @throws IOException in one line why it was not done
     */
    static void change(BlkDevice device, String what, Map<String, String> wanted) throws IOException {
        RocksDbBlockStore volume = of(device);
        if (volume == null) {
            throw new IllegalArgumentException("The device is on no volume.");
        }
        switch (what) {
            case "snapshot" -> volume.snapshot(value(wanted, NAME));
            case "resize" -> {
                long bytes = DeviceValues.parseBytes(value(wanted, SIZE));
                if (bytes == 0) {
                    throw new IllegalArgumentException("size \"" + wanted.get(SIZE) + "\" is no size, such as 10G.");
                }
                volume.grow(bytes);
                device.refresh();
            }
            default -> throw new IllegalArgumentException("There is no \"" + what + "\".");
        }
    }

    private static String value(Map<String, String> wanted, String key) {
        String value = wanted.get(key);
        if (value == null || wanted.size() != 1) {
            throw new IllegalArgumentException("It wants " + key + " and nothing else.");
        }
        return value;
    }
}
