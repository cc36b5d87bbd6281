package dev.isthmus.net.uplink;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * An uplink whose frames, both ways, can be written to a file while it is used. While they are not, each frame costs
 * one look at a field.
 */
public final class CapturingUplink implements Uplink {
    private final String device;
    private final Uplink behind;
    private final ReentrantLock lock = new ReentrantLock();
    /** Of who starts and stops; workers only look. */
    private volatile @Nullable Capture capture;
    private @Nullable Capture last;

    private CapturingUplink(String device, Uplink behind) {
        this.device = device;
        this.behind = behind;
    }

    /** @param device whose uplink it is, for the name of a thread and messages */
    public static CapturingUplink around(String device, Uplink behind) {
        return new CapturingUplink(device, behind);
    }

    @Override
    public UplinkAbilities abilities() {
        return behind.abilities();
    }

    @Override
    public UplinkQueue open(int pair, Offloads toGuest) throws IOException {
        return new CapturingQueue(behind.open(pair, toGuest), this, pair);
    }

    /**
     * Writes frames to a new file from now on, until the file would be larger than {@code bytesMost}, or
     * {@link #stopCapture}. Any thread.
     *
     * @throws IOException in one line why not: it is done already, or the file cannot be made
     */
    public void startCapture(Path file, long bytesMost) throws IOException {
        lock.lock();
        try {
            if (capture != null) {
                throw new IOException("frames are being captured already, to " + capture.file());
            }
            Capture started = Capture.start(device, file, bytesMost, behind.abilities().queuePairs());
            last = started;
            capture = started;
        } finally {
            lock.unlock();
        }
    }

    /** Ends the file, if there is one. Any thread. */
    public void stopCapture() throws IOException {
        lock.lock();
        try {
            Capture ending = capture;
            capture = null;
            if (ending != null) {
                ending.close();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether frames are being captured; one whose file is full still is, until it is stopped. */
    public boolean isCapturing() {
        return capture != null;
    }

    /** The capture that is going on, or the last one; null if there was none. */
    public @Nullable Capture lastCapture() {
        lock.lock();
        try {
            return last;
        } finally {
            lock.unlock();
        }
    }

    /** On a worker. */
    @Nullable
    Capture capture() {
        return capture;
    }

    @Override
    public void close() throws IOException {
        try {
            stopCapture();
        } finally {
            behind.close();
        }
    }
}
