package dev.isthmus.blk.app;

import static dev.isthmus.blk.app.DeviceKey.Scope.DEVICE;
import static dev.isthmus.blk.app.DeviceKey.Scope.SHARED;

import dev.isthmus.blk.store.volume.Volumes;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What can be said about a device. The same name is an option of the command line ({@code --num-queues=2}), a key of
 * {@code --device} ({@code num-queues=2}) and a key in the configuration file ({@code isthmus.devices[0].num-queues:
 * 2}).
 */
enum DeviceKey {
    SOCKET_PATH("socket-path", DEVICE, "PATH",
            "Unix socket to listen on, or to connect to with client; at most 107 bytes long"),
    CLIENT("client", DEVICE, "on|off",
            "connect to socket-path, on which the front-end listens, and again when it went away; off by default"),
    FD("fd", DEVICE, "FDNUM", "inherited socket instead of socket-path, listening or connected"),
    NAME("name", DEVICE, "NAME", "name in logs, metrics and the management API; by default the socket's file name"),
    BLK_FILE("blk-file", DEVICE, "PATH", "raw image or block device"),
    VOLUME("volume", DEVICE, "NAME", "thin volume, see isthmus-blk volume --help"),
    VOLUMES_DIR("volumes-dir", SHARED, "DIR", "where volumes are; " + Volumes.DEFAULT_DIRECTORY + " by default"),
    VOLUME_MEMORY("volume-memory", SHARED, "BYTES",
            "native memory for a volume's caches and buffers, at least 16M; 64M by default"),
    STORE("store", DEVICE, "file|rocksdb|memory|null",
            "where sectors live: a file (the default), a volume (the default with volume), memory that is gone at the"
                    + " end, or nothing, for measuring"),
    SIZE("size", DEVICE, "BYTES", "capacity of store=memory and store=null; K, M, G and T stand for powers of 1024"),
    READ_ZEROES("read-zeroes", DEVICE, "on|off",
            "whether store=null fills what is read with zeroes; off shows a guest its own old memory; on by default"),
    READ_ONLY("read-only", DEVICE, "on|off", "refuse to write; off by default"),
    SERIAL("serial", DEVICE, "TEXT", "serial number the guest sees, at most 20 printable ASCII characters"),
    NUM_QUEUES("num-queues", SHARED, "N", "queues a front-end may use, 1 to 16 (the default)"),
    DIRECT("direct", SHARED, "on|off", "leave out the host's page cache (O_DIRECT); off by default"),
    DISCARD("discard", SHARED, "on|off", "let the guest free space in the image; on by default"),
    LOCKING("locking", SHARED, "on|off", "lock the image as QEMU does against a second writer; on by default"),
    THREADS("threads", SHARED, "N",
            "threads for what the page cache does not have, or for reading a volume, 1 to 128; 4 by default"),
    STATE_FILE("state-file", DEVICE, "PATH",
            "remembers the write cache mode over a restart; by default the socket's path and .state, with fd none"),
    WORKERS("workers", SHARED, "N", "threads over which a device's queues are spread, 1 to 64; 1 by default"),
    POLL_US("poll-us", SHARED, "N",
            "microseconds a worker goes on polling after work, 0 to 10000; 0 waits for kicks only; 50 by default"),
    CPUS("cpus", SHARED, "LIST", "CPUs the workers are bound to in turn, such as 2,4-5; no binding by default"),
    TRANSPORT("transport", SHARED, "auto|io_uring|epoll",
            "what workers wait with; auto, the default, is io_uring where it is allowed"),
    ANY_MEMORY_FILE("any-memory-file", SHARED, "on|off",
            "accept guest memory in any file, not only memfd, tmpfs and hugetlbfs; off by default"),
    STALLED_S("stalled-s", SHARED, "N",
            "seconds after which a request in flight counts as stalled, 0 to 3600; 0 for never; 30 by default"),
    UNTAKEN_MS("untaken-ms", SHARED, "N",
            "milliseconds after which a request nobody takes counts as lost, 0 to 600000; 0 for never; 3000 by"
                    + " default"),
    FAULTS("faults", DEVICE, "on|off",
            "let the management API make the store hang and fail, for tests of your own alerting, never in production;"
                    + " off by default");

    /** Whether the key can also be given once for all devices. */
    enum Scope {
        DEVICE, SHARED
    }

    private final String text;
    private final Scope scope;
    private final String valueHint;
    private final String help;

    DeviceKey(String text, Scope scope, String valueHint, String help) {
        this.text = text;
        this.scope = scope;
        this.valueHint = valueHint;
        this.help = help;
    }

    String text() {
        return text;
    }

    boolean isShared() {
        return scope == SHARED;
    }

    boolean isSwitch() {
        return valueHint.equals("on|off");
    }

    String valueHint() {
        return valueHint;
    }

    String help() {
        return help;
    }

    static @Nullable DeviceKey find(String text) {
        for (DeviceKey key : values()) {
            if (key.text.equals(text)) {
                return key;
            }
        }
        return null;
    }

    /** The names of all keys, for a message. */
    static String known() {
        return Arrays.stream(values()).map(DeviceKey::text).collect(Collectors.joining(", "));
    }

    static String knownShared() {
        return Arrays.stream(values()).filter(DeviceKey::isShared).map(DeviceKey::text).collect(Collectors.joining(
                ", "));
    }
}
