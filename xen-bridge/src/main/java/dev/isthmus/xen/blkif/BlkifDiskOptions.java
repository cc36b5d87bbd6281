package dev.isthmus.xen.blkif;

import dev.isthmus.xen.bridge.DeviceOptions;
import dev.isthmus.xen.bridge.ServedDevice;
import java.nio.file.Path;
import java.time.Duration;

/**
 * One disk of one guest.
 *
 * @param name in log lines and of the worker's thread
 * @param socket where its back-end listens
 * @param domain the guest's number
 * @param journal file that tells a successor of this process what the guest waits for; made when it is needed, removed
 *            by {@link ServedDevice#disconnect}. On tmpfs: it must outlive the process, not the machine
 * @param readOnly whether the guest must not write, whatever the back-end allows
 * @param poolBytes memory for data on its way, shared with the back-end
 * @param poll how long the worker looks at the rings before it sleeps, at most; zero: not at all
 */
public record BlkifDiskOptions(String name, Path socket, int domain, Path journal, boolean readOnly, int poolBytes,
        Duration poll) implements DeviceOptions {
    public static final int POOL_BYTES = 16 << 20;
    public static final Duration POLL = Duration.ofNanos(50_000);

    /** With what is right for most. */
    public static BlkifDiskOptions of(String name, Path socket, int domain, Path journal, boolean readOnly) {
        return new BlkifDiskOptions(name, socket, domain, journal, readOnly, POOL_BYTES, POLL);
    }
}
