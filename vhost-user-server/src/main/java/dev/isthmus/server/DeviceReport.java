package dev.isthmus.server;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * What is known about one kind of device and not about devices in general. Any thread may ask; only {@link #refresh}
 * and {@link #change} may block.
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

    /**
     * Does something to what is behind the device while it is used.
     *
     * @param what the last part of the path that was asked for
     * @param wanted how, in words of the kind of device
     * @throws IllegalArgumentException with a sentence about what was asked
     * @throws IOException with one clear line why it was not done
     */
    default void change(String what, Map<String, String> wanted) throws IOException {
        throw new IllegalArgumentException("That cannot be done to this kind of device.");
    }

    /**
     * Makes the device misbehave, so that an operator sees whether an alert would come.
     *
     * @param wanted what it is to do, in words of the kind of device
     * @throws IllegalArgumentException with a sentence that says why it does not
     */
    default void inject(Map<String, String> wanted) {
        throw new IllegalArgumentException("No faults can be injected into this kind of device.");
    }
}
