package dev.isthmus.xen.netif;

import dev.isthmus.xen.bridge.DeviceOptions;
import java.nio.file.Path;
import java.time.Duration;

/**
 * One card of one guest.
 *
 * @param name in log lines and of the worker's thread
 * @param socket where its back-end listens
 * @param domain the guest's number
 * @param mac the only address it may send from
 * @param rate what it may send
 * @param poll how long the worker looks at the rings before it sleeps, at most; zero: not at all
 */
public record NetifCardOptions(String name, Path socket, int domain, MacAddress mac, VifRate rate, Duration poll)
        implements DeviceOptions {
    public static final Duration POLL = Duration.ofNanos(50_000);
}
