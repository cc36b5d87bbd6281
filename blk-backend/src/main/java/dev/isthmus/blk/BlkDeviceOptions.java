package dev.isthmus.blk;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How a block device looks to its guest.
 *
 * @param serial what GET_ID answers; at most 20 bytes of ASCII
 * @param queues virtqueues, 1 to {@link Limits#QUEUES_MAX}
 * @param stateFile where the write cache mode the guest chose is remembered over a restart of this process; null: not
 *     remembered
 */
public record BlkDeviceOptions(String serial, int queues, @Nullable Path stateFile) {
    /** virtio 1.3, 5.2.6: the length of a device ID. */
    static final int SERIAL_BYTES = 20;

    public BlkDeviceOptions {
        byte[] bytes = serial.getBytes(StandardCharsets.UTF_8);
        boolean ascii = serial.chars().allMatch(c -> c >= ' ' && c <= '~');
        if (bytes.length > SERIAL_BYTES || !ascii) {
            throw new IllegalArgumentException(
                    "serial \"" + serial + "\" must be at most " + SERIAL_BYTES + " printable ASCII characters");
        }
        if (queues < 1 || queues > Limits.QUEUES_MAX) {
            throw new IllegalArgumentException("num-queues is " + queues + ", must be 1 to " + Limits.QUEUES_MAX);
        }
    }
}
