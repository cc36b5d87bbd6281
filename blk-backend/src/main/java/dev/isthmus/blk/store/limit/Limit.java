package dev.isthmus.blk.store.limit;

/**
 * How much may be asked of a store.
 *
 * @param iops reads, writes, discards and write-zeroes a second; 0: any number
 * @param bytesPerSecond of reads and writes; 0: any number
 * @param burstMillis for how long of idleness what was not asked for may be asked for later, at once
 */
public record Limit(long iops, long bytesPerSecond, long burstMillis) {
    /** What a timer that is late must not cost. */
    public static final long BURST_MILLIS = 50;

    /** Whether anything is limited. */
    public boolean isOn() {
        return iops > 0 || bytesPerSecond > 0;
    }

    @Override
    public String toString() {
        return isOn() ? "iops=" + iops + ", bytes-per-second=" + bytesPerSecond + ", burst-ms=" + burstMillis : "off";
    }
}
