package dev.isthmus.net.app;

import dev.isthmus.net.uplink.Capture;
import dev.isthmus.net.uplink.CapturingUplink;
import dev.isthmus.server.options.DeviceValues;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Captures of a device's frames as the management API speaks of them. */
final class Captures {
    private static final String FILE = "file";
    private static final String SIZE = "size";
    private static final String STATE = "state";
    private static final long BYTES_DEFAULT = 64L << 20;
    private static final long BYTES_LEAST = 4096;

    private Captures() {}

    /**
     * Starts with a {@code file}, and a {@code size} it must not pass, or ends with {@code state=off}.
     *
     * @throws IllegalArgumentException with a sentence about what was asked
     * @throws IOException in one line why it was not done
     */
    static void change(CapturingUplink uplink, Map<String, String> wanted) throws IOException {
        String file = wanted.get(FILE);
        if (wanted.equals(Map.of(STATE, "off"))) {
            uplink.stopCapture();
        } else if (file != null && Set.of(FILE, SIZE).containsAll(wanted.keySet())) {
            uplink.startCapture(path(file), bytes(wanted.get(SIZE)));
        } else {
            throw new IllegalArgumentException("It wants file, and size if 64M is not the size, or state=off.");
        }
    }

    /** The process has a directory of its own, which whoever asks need not know. */
    private static Path path(String file) {
        try {
            Path path = Path.of(file);
            if (path.isAbsolute()) {
                return path;
            }
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("file is no path: " + e.getReason(), e);
        }
        throw new IllegalArgumentException("file \"" + file + "\" is no path that begins with a slash.");
    }

    private static long bytes(@Nullable String size) {
        long bytes = size == null ? BYTES_DEFAULT : DeviceValues.parseBytes(size);
        if (bytes < BYTES_LEAST) {
            throw new IllegalArgumentException("size \"" + size + "\" is no size of at least 4K, such as 64M.");
        }
        return bytes;
    }

    static Map<String, Object> details(CapturingUplink uplink) {
        Capture capture = uplink.lastCapture();
        if (capture == null) {
            return Map.of("capture", "off");
        }
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("capture", !uplink.isCapturing() ? "off" : capture.isFull() ? "full" : "on");
        details.put("captureFile", capture.file().toString());
        details.put("captureFrames", capture.frames());
        details.put("captureBytes", capture.bytes());
        details.put("captureLost", capture.lost());
        return details;
    }
}
