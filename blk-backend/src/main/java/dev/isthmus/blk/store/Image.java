package dev.isthmus.blk.store;

import java.nio.file.Path;

/**
 * What {@link ImageProbe} found out about an image.
 *
 * @param path where it is
 * @param blockDevice block device; otherwise a regular file
 * @param inMemory on tmpfs: I/O waits for no disk
 * @param direct whether it is used with O_DIRECT
 * @param directAlignmentBytes what O_DIRECT asks of addresses and lengths of buffers; a power of two
 * @param limits size and abilities
 */
record Image(
        Path path,
        boolean blockDevice,
        boolean inMemory,
        boolean direct,
        int directAlignmentBytes,
        BlockLimits limits) {

    /**
     * Whether RWF_DSYNC is the right way to a durable write; if not, it is a write and fdatasync.
     *
     * <p>Block device through the page cache: right, it writes back only this range. Block device with O_DIRECT: Linux
     * 6.18 flushes twice, as the write is marked FUA and then synced as well (block/fops.c), which a disk without FUA
     * sees as two flushes. File with O_DIRECT: right, an overwrite is a single FUA write where the disk has it. File
     * through the page cache: two steps, since one call would not tell whether the file system was full before anything
     * was written, which the guest may try again, or while writing back, after which nothing can be relied on.
     */
    boolean dsyncIsOneFlush() {
        return blockDevice != direct;
    }
}
