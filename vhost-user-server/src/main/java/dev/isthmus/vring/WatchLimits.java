package dev.isthmus.vring;

import java.time.Duration;

/**
 * When the {@link RingWatchdog} speaks about a ring.
 *
 * @param untaken how long a chain may be available while the worker sleeps; zero: for ever
 * @param stalled how long a request may be in flight; zero: for ever
 */
public record WatchLimits(Duration untaken, Duration stalled) {
    /**
     * Three seconds: longer than a guest's processor is usually kept waiting on a machine with too many of them, which
     * looks the same for that long. Thirty seconds: what Linux gives a SCSI or NVMe command before it calls it lost
     * ({@code /sys/block/sda/device/timeout}, {@code nvme_core.io_timeout}), so that a disk this late is not just slow.
     */
    public static final WatchLimits USUAL = new WatchLimits(Duration.ofSeconds(3), Duration.ofSeconds(30));

    public WatchLimits {
        if (untaken.isNegative() || stalled.isNegative()) {
            throw new IllegalArgumentException("limits of the watchdog are " + untaken + " and " + stalled);
        }
    }
}
