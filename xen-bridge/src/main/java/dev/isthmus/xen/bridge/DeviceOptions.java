package dev.isthmus.xen.bridge;

import java.nio.file.Path;
import java.time.Duration;

/** What is said about a device of whatever kind. */
public interface DeviceOptions {
    /** In log lines and of the worker's thread. */
    String name();

    /** Where its back-end listens. */
    Path socket();

    /** How long the worker looks at the rings before it sleeps, at most; zero: not at all. */
    Duration poll();
}
