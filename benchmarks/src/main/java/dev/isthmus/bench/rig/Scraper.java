package dev.isthmus.bench.rig;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Asks a back-end for its metrics once a second, as Prometheus does, on a thread of its own. */
public final class Scraper {
    private static final double START_SECONDS = 30;
    /** What no measurement may be made of. */
    private static final List<String> FAULTS = List.of("isthmus_vring_lost_wakeups_total",
            "isthmus_device_failures_total", "isthmus_device_violations_total", "isthmus_vring_faults_total");

    private final Path socket;
    private final CountDownLatch end = new CountDownLatch(1);
    private final Thread thread = Thread.ofPlatform().daemon().name("scraper").unstarted(this::scrapeUntilEnd);
    private final AtomicInteger scrapes = new AtomicInteger();
    private volatile String metrics = "";
    private volatile @Nullable IOException failure;

    private Scraper(Path socket) {
        this.socket = socket;
    }

    /** Begins when the first answer is there: management comes up later than the device. */
    public static Scraper start(Cleanup cleanup, Path managementSocket) throws IOException {
        var scraper = new Scraper(managementSocket);
        Retry.until(START_SECONDS, scraper::scrape);
        return cleanup.make(() -> {
            scraper.thread.start();
            return scraper;
        }, Scraper::stop);
    }

    private void scrapeUntilEnd() {
        try {
            while (!isOver()) {
                scrape();
                scrapes.incrementAndGet();
            }
        } catch (IOException e) {
            failure = e;
        }
    }

    private boolean isOver() {
        try {
            return end.await(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private void scrape() throws IOException {
        String answer = UnixHttp.get(socket, "/actuator/prometheus");
        if (!answer.contains("\nisthmus_")) {
            throw new IOException("there are no metrics of ours in it");
        }
        metrics = answer;
    }

    /** How many there were. */
    public int scrapes() {
        return scrapes.get();
    }

    /** Fails when a scrape failed, or when the back-end said that something is wrong with it. */
    public void check() throws IOException {
        if (failure != null) {
            throw new IOException("the scrape fails: " + failure.getMessage(), failure);
        }
        for (String sample : FAULTS) {
            if (sum(metrics, sample) > 0) {
                throw new IOException("the back-end counts " + sample);
            }
        }
    }

    /** Of all samples of a metric in Prometheus' text format, whatever their labels. */
    static double sum(String metrics, String sample) {
        return metrics.lines().filter(line -> line.startsWith(sample + "{") || line.startsWith(sample + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1))).sum();
    }

    private void stop() {
        end.countDown();
    }
}
