package dev.isthmus.net.uplink;

import dev.isthmus.counters.Counter;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A device's frames on their way to a file: a ring for each queue pair, and a thread that empties them. */
public final class Capture {
    private static final Logger LOG = LoggerFactory.getLogger(Capture.class);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final int FRAME_BYTES_MOST = Limits.FRAME_BYTES_MAX;

    private final String device;
    private final Path path;
    private final PcapFile file;
    private final List<CaptureRing> rings;
    private final Thread thread;
    private final Counter frames = new Counter();
    private final Counter bytes = new Counter();
    /** What turns System.nanoTime() into the time of day. */
    private final long epochNanos;
    private volatile boolean ending;
    private volatile boolean full;
    private volatile @Nullable IOException failure;

    private Capture(String device, Path path, PcapFile file, int queuePairs) {
        this.device = device;
        this.path = path;
        this.file = file;
        this.rings = IntStream.range(0, queuePairs).mapToObj(i -> new CaptureRing()).toList();
        this.thread = Thread.ofPlatform().name("capture-" + device).daemon().unstarted(this::run);
        Instant now = Instant.now();
        this.epochNanos = TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano() - System.nanoTime();
        bytes.set(file.bytes());
    }

    static Capture start(String device, Path path, long bytesMost, int queuePairs) throws IOException {
        var capture = new Capture(device, path, PcapFile.create(path, bytesMost, FRAME_BYTES_MOST), queuePairs);
        capture.thread.start();
        LOG.info("{}: frames are captured to {}, at most {} bytes", device, path, bytesMost);
        return capture;
    }

    CaptureRing ring(int pair) {
        return rings.get(pair);
    }

    private void run() {
        byte[] frame = new byte[FRAME_BYTES_MOST];
        try (file) {
            boolean last;
            do {
                last = ending;
                int taken = 0;
                for (CaptureRing ring : rings) {
                    taken += ring.take(frame, this::write);
                }
                file.flush();
                if (taken == 0 && !last) {
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            } while (!last && failure == null);
        } catch (IOException e) {
            failed(e);
        }
    }

    private void write(long nanos, byte[] frame, int length) {
        if (full || failure != null) {
            return;
        }
        try {
            if (file.write(epochNanos + nanos, frame, length)) {
                frames.increment();
                bytes.set(file.bytes());
            } else {
                full = true;
                LOG.info("{}: the capture {} is full", device, path);
            }
        } catch (IOException e) {
            failed(e);
        }
    }

    private void failed(IOException e) {
        failure = e;
        LOG.error("{}: the capture {} ends: {}", device, path, e.getMessage());
    }

    /** No worker knows it any more: writes what has come, and ends. */
    void close() throws IOException {
        ending = true;
        LockSupport.unpark(thread);
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        LOG.info("{}: captured {} frames to {}, {} lost", device, frames(), path, lost());
        IOException failed = failure;
        if (failed != null) {
            throw failed;
        }
    }

    public Path file() {
        return path;
    }

    /** Frames in the file. */
    public long frames() {
        return frames.get();
    }

    /** The file's size. */
    public long bytes() {
        return bytes.get();
    }

    /** Frames that came faster than they could be written. */
    public long lost() {
        return rings.stream().mapToLong(CaptureRing::lost).sum();
    }

    /** Whether the file has reached its size: no more frames go into it. */
    public boolean isFull() {
        return full;
    }
}
