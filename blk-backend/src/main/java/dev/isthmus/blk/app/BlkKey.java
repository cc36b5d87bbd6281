package dev.isthmus.blk.app;

import static dev.isthmus.server.options.DeviceKey.Text.device;
import static dev.isthmus.server.options.DeviceKey.Text.shared;

import dev.isthmus.blk.store.volume.Volumes;
import dev.isthmus.server.options.DeviceKey;

/** What can be said about a disk, beside what can be said about any device. */
enum BlkKey implements DeviceKey {
    BLK_FILE(device("blk-file", "PATH", "raw image or block device")),
    VOLUME(device("volume", "NAME", "thin volume, see isthmus-blk volume --help")),
    VOLUMES_DIR(shared("volumes-dir", "DIR", "where volumes are; " + Volumes.DEFAULT_DIRECTORY + " by default")),
    VOLUME_MEMORY(shared("volume-memory", "BYTES",
            "native memory for a volume's caches and buffers, at least 16M; 64M by default")),
    STORE(device("store", "file|rocksdb|memory|null",
            "where sectors live: a file (the default), a volume (the default with volume), memory that is gone at the"
                    + " end, or nothing, for measuring")),
    SIZE(device("size", "BYTES", "capacity of store=memory and store=null; K, M, G and T stand for powers of 1024")),
    READ_ZEROES(device("read-zeroes", "on|off",
            "whether store=null fills what is read with zeroes; off shows a guest its own old memory; on by default")),
    READ_ONLY(device("read-only", "on|off", "refuse to write; off by default")),
    SERIAL(device("serial", "TEXT", "serial number the guest sees, at most 20 printable ASCII characters")),
    NUM_QUEUES(shared("num-queues", "N", "queues a front-end may use, 1 to 16 (the default)")),
    DIRECT(shared("direct", "on|off", "leave out the host's page cache (O_DIRECT); off by default")),
    DISCARD(shared("discard", "on|off", "let the guest free space in the image; on by default")),
    LOCKING(shared("locking", "on|off", "lock the image as QEMU does against a second writer; on by default")),
    THREADS(shared("threads", "N",
            "threads for what the page cache does not have, or for reading a volume, 1 to 128; 4 by default")),
    STATE_FILE(device("state-file", "PATH",
            "remembers the write cache mode over a restart; by default the socket's path and .state, with fd none")),
    FAULTS(device("faults", "on|off",
            "let the management API make the store hang and fail, for tests of your own alerting, never in production;"
                    + " off by default"));

    private final Text description;

    BlkKey(Text description) {
        this.description = description;
    }

    @Override
    public Text description() {
        return description;
    }
}
