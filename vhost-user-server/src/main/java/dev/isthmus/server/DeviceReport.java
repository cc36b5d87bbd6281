package dev.isthmus.server;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * What is known about one kind of device and not about devices in general. Any thread may ask; only {@link #refresh}
 * may block.
 */
public interface DeviceReport {
    /** For people and for machines: text, numbers, booleans, under names in camel case. */
    Map<String, Object> details();

    /** Why the device is not healthy, a sentence each; empty when it is. */
    List<String> problems();

    /**
     * Looks again at what is behind the device, for instance because the operator made the image larger, and tells the
     * guest.
     *
     * @throws IOException with one clear line
     */
    void refresh() throws IOException;
}
