package dev.isthmus.server.options;

import dev.isthmus.server.management.ManagementAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Where the management API listens, from {@code unix:PATH}, {@code tcp:HOST:PORT} or {@code off}. */
final class ManagementParser {
    static final String HINT = "unix:PATH|tcp:HOST:PORT|off";

    private static final Pattern TCP = Pattern.compile("tcp:(?:\\[([0-9a-fA-F:.%]+)\\]|([^:\\[\\]]+)):(\\d{1,5})");
    private static final int PORT_MAX = 65535;
    private static final String DEFAULT_SUFFIX = ".management";

    private ManagementParser() {}

    static ManagementAddress parse(String property, String text) {
        if (text.equals("off")) {
            return new ManagementAddress.Off();
        }
        if (text.startsWith("unix:")) {
            return unix(property, text.substring("unix:".length()));
        }
        var tcp = TCP.matcher(text);
        if (!tcp.matches() || Integer.parseInt(tcp.group(3)) > PORT_MAX) {
            throw new PropertyException(property, "\"" + text + "\" is not " + HINT);
        }
        return new ManagementAddress.Tcp(tcp.group(1) == null ? tcp.group(2) : tcp.group(1),
                Integer.parseInt(tcp.group(3)));
    }

    private static ManagementAddress unix(String property, String path) {
        int bytes = path.getBytes(StandardCharsets.UTF_8).length;
        if (bytes == 0 || bytes > CommonParser.SOCKET_PATH_BYTES_MAX) {
            throw new PropertyException(property, "socket path \"" + path + "\" is " + bytes + " bytes long; 1 to "
                    + CommonParser.SOCKET_PATH_BYTES_MAX + " are possible");
        }
        return new ManagementAddress.Unix(path);
    }

    /**
     * Beside the first socket of a device, where no other process can have it; none when there is no such socket or its
     * path leaves no room.
     */
    static ManagementAddress orDefault(@Nullable ManagementAddress given, List<? extends DeviceProperties> devices) {
        if (given != null) {
            return given;
        }
        for (DeviceProperties device : devices) {
            String socket = device.endpoint().socketPath();
            if (socket != null) {
                String path = socket + DEFAULT_SUFFIX;
                return path.getBytes(StandardCharsets.UTF_8).length > CommonParser.SOCKET_PATH_BYTES_MAX
                        ? new ManagementAddress.Off() : new ManagementAddress.Unix(path);
            }
        }
        return new ManagementAddress.Off();
    }
}
