package dev.isthmus.bench.rig;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** For what comes true a little later. */
public final class Retry {
    private static final long PAUSE_MILLIS = 20;

    private Retry() {}

    /** Something that fails as long as it is too early. */
    public interface Attempt {
        void run() throws IOException;
    }

    /** @throws IOException of the last attempt, when the time is over or the thread is interrupted */
    public static void until(double seconds, Attempt attempt) throws IOException {
        long deadline = System.nanoTime() + (long) (seconds * 1e9);
        while (true) {
            try {
                attempt.run();
                return;
            } catch (IOException e) {
                if (System.nanoTime() > deadline || !pause()) {
                    throw e;
                }
            }
        }
    }

    /** Whether it was not interrupted. */
    private static boolean pause() {
        try {
            return !new CountDownLatch(1).await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
