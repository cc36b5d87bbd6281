package dev.isthmus.server.options;

import static dev.isthmus.server.options.DeviceKey.Text.device;
import static dev.isthmus.server.options.DeviceKey.Text.shared;

import java.util.ArrayList;
import java.util.List;

/** What can be said about a device of any kind. */
public enum CommonKey implements DeviceKey {
    SOCKET_PATH(device("socket-path", "PATH",
            "Unix socket to listen on, or to connect to with client; at most 107 bytes long")),
    CLIENT(device("client", "on|off",
            "connect to socket-path, on which the front-end listens, and again when it went away; off by default")),
    FD(device("fd", "FDNUM", "inherited socket instead of socket-path, listening or connected")),
    NAME(device("name", "NAME", "name in logs, metrics and the management API; by default the socket's file name")),
    WORKERS(shared("workers", "N", "threads over which a device's queues are spread, 1 to 64; 1 by default")),
    POLL_US(shared("poll-us", "N",
            "microseconds a worker goes on polling after work, 0 to 10000; 0 waits for kicks only; 50 by default")),
    CPUS(shared("cpus", "LIST", "CPUs the workers are bound to in turn, such as 2,4-5; no binding by default")),
    TRANSPORT(shared("transport", "auto|io_uring|epoll",
            "what workers wait with; auto, the default, is io_uring where it is allowed")),
    ANY_MEMORY_FILE(shared("any-memory-file", "on|off",
            "accept guest memory in any file, not only memfd, tmpfs and hugetlbfs; off by default")),
    STALLED_S(shared("stalled-s", "N",
            "seconds after which a request in flight counts as stalled, 0 to 3600; 0 for never; 30 by default")),
    UNTAKEN_MS(shared("untaken-ms", "N",
            "milliseconds after which a request nobody takes counts as lost, 0 to 600000; 0 for never; 3000 by"
                    + " default"));

    private final Text description;

    CommonKey(Text description) {
        this.description = description;
    }

    @Override
    public Text description() {
        return description;
    }

    /** All keys of a back-end in the order of its help: where a device is met, what it is, who works for it. */
    static List<DeviceKey> around(List<? extends DeviceKey> own) {
        List<DeviceKey> all = new ArrayList<>();
        all.addAll(List.of(SOCKET_PATH, CLIENT, FD, NAME));
        all.addAll(own);
        for (CommonKey key : values()) {
            if (!all.contains(key)) {
                all.add(key);
            }
        }
        return all;
    }
}
