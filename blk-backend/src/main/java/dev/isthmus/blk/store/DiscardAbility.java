package dev.isthmus.blk.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Whether a block device discards, and in which units.
 *
 * @param supported whether it does, as far as known
 * @param granularityBytes smallest piece it frees; a multiple of the logical block
 */
record DiscardAbility(boolean supported, int granularityBytes) {
    private static final Path CLASS_BLOCK = Path.of("/sys/class/block");

    /**
     * Documentation/ABI/stable/sysfs-block: queue/discard_max_bytes, 0 for no support, and queue/discard_granularity.
     */
    static DiscardAbility ofBlockDevice(Path device, int logicalBlockBytes) {
        try {
            Path node = CLASS_BLOCK.resolve(device.toRealPath().getFileName()).toRealPath();
            Path own = node.resolve("queue");
            // A partition has no queue of its own; its directory is inside its disk's.
            Path queue = Files.isDirectory(own) ? own : node.resolveSibling("queue");
            long max = number(queue.resolve("discard_max_bytes"));
            long granularity = number(queue.resolve("discard_granularity"));
            boolean sane = granularity > 0 && granularity % logicalBlockBytes == 0 && granularity <= Integer.MAX_VALUE;
            return new DiscardAbility(max > 0, sane ? (int) granularity : logicalBlockBytes);
        } catch (IOException | NumberFormatException e) {
            // A node under another name, or a container without /sys: the first DISCARD will tell.
            return new DiscardAbility(true, logicalBlockBytes);
        }
    }

    private static long number(Path file) throws IOException {
        return Long.parseLong(Files.readString(file).strip());
    }
}
