package dev.isthmus.server.options;

import dev.isthmus.loop.Transport;
import dev.isthmus.server.Endpoint;
import dev.isthmus.vring.Limits;
import dev.isthmus.vring.WatchLimits;
import dev.isthmus.vring.WorkerOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.regex.Pattern;

/** What holds for a device of any kind, of what was written; or says which of it cannot be. */
public final class CommonParser {
    /** unix(7): {@code sun_path} has 108 bytes with the terminating zero. */
    static final int SOCKET_PATH_BYTES_MAX = 107;
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

    private final DeviceValues values;
    private final String defaultName;

    private CommonParser(DeviceValues values, String defaultName) {
        this.values = values;
        this.defaultName = defaultName;
    }

    /** @param defaultName of a device whose socket's path gives none */
    public static CommonProperties parse(DeviceValues values, String defaultName) {
        var parser = new CommonParser(values, defaultName);
        Endpoint endpoint = parser.endpoint();
        return new CommonProperties(values.source(), parser.name(endpoint), endpoint, parser.workers(),
                values.onOff(CommonKey.ANY_MEMORY_FILE, false));
    }

    private Endpoint endpoint() {
        String path = values.text(CommonKey.SOCKET_PATH);
        if (path == null) {
            if (!values.has(CommonKey.FD)) {
                throw new PropertyException(values.source(), "neither socket-path nor fd is given");
            }
            if (values.onOff(CommonKey.CLIENT, false)) {
                throw values.refuse(CommonKey.CLIENT, "needs socket-path; fd is listening or connected already");
            }
            return new Endpoint.Inherited(values.number(CommonKey.FD, FD_LEAST, FD_MOST, -1));
        }
        if (values.has(CommonKey.FD)) {
            throw values.refuse(CommonKey.FD, "excludes socket-path");
        }
        int bytes = path.getBytes(StandardCharsets.UTF_8).length;
        if (bytes == 0 || bytes > SOCKET_PATH_BYTES_MAX) {
            throw values.refuse(CommonKey.SOCKET_PATH, "\"" + path + "\" is " + bytes + " bytes long; 1 to "
                    + SOCKET_PATH_BYTES_MAX + " are possible");
        }
        String socket = values.path(CommonKey.SOCKET_PATH, path).toString();
        return values.onOff(CommonKey.CLIENT, false) ? new Endpoint.Client(socket) : new Endpoint.Path(socket);
    }

    private String name(Endpoint endpoint) {
        String name = values.text(CommonKey.NAME);
        if (name == null) {
            return defaultName(endpoint);
        }
        if (!NAME.matcher(name).matches()) {
            throw values.refuse(CommonKey.NAME, "\"" + name + "\" has other characters than letters, digits, _ . and -,"
                    + " or more than 63, or begins with none of the first two");
        }
        return name;
    }

    private String defaultName(Endpoint endpoint) {
        return switch (endpoint) {
            case Endpoint.Inherited(int fd) -> "fd" + fd;
            case Endpoint.Path(String path) -> nameOf(path);
            case Endpoint.Client(String path) -> nameOf(path);
        };
    }

    private String nameOf(String socketPath) {
        String file = socketPath.substring(socketPath.lastIndexOf('/') + 1).replaceFirst("\\.(sock|socket)$", "")
                .replaceAll("[^A-Za-z0-9_.-]", "_").replaceFirst("^[^A-Za-z0-9]+", "");
        return file.isEmpty() ? defaultName : file.substring(0, Math.min(file.length(), 63));
    }

    private WorkerOptions workers() {
        return new WorkerOptions(values.number(CommonKey.WORKERS, 1, Limits.WORKERS_MAX, 1),
                values.number(CommonKey.POLL_US, 0, (int) Limits.POLL_MICROS_MAX, POLL_MICROS_DEFAULT),
                values.cpus(CommonKey.CPUS), transport(), watch());
    }

    private WatchLimits watch() {
        long untakenMillis = values.number(CommonKey.UNTAKEN_MS, 0, UNTAKEN_MILLIS_MAX,
                (int) WatchLimits.USUAL.untaken().toMillis());
        long stalledSeconds = values.number(CommonKey.STALLED_S, 0, STALLED_SECONDS_MAX,
                (int) WatchLimits.USUAL.stalled().toSeconds());
        return new WatchLimits(Duration.ofMillis(untakenMillis), Duration.ofSeconds(stalledSeconds));
    }

    private Transport transport() {
        String name = values.text(CommonKey.TRANSPORT);
        Transport transport = name == null ? Transport.AUTO
                : Arrays.stream(Transport.values()).filter(t -> t.text().equals(name)).findFirst()
                        .orElseThrow(() -> values.refuse(CommonKey.TRANSPORT, "\"" + name
                                + "\" is none of auto, io_uring and epoll"));
        String problem = transport.unavailability();
        if (problem != null) {
            throw values.refuse(CommonKey.TRANSPORT, "io_uring is not available: " + problem);
        }
        return transport;
    }
}
