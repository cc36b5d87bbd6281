package dev.isthmus.bench.rig;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Asks a back-end for its metrics once a second, as Prometheus does, on a thread of its own. */
public final class Scraper {
    private static final byte[] REQUEST =
            "GET /actuator/prometheus HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII);
    private static final double START_SECONDS = 30;

    private final Path socket;
    private final CountDownLatch end = new CountDownLatch(1);
    private final Thread thread = Thread.ofPlatform().daemon().name("scraper").unstarted(this::scrapeUntilEnd);
    private volatile int scrapes;
    private volatile @Nullable IOException failure;

    private Scraper(Path socket) {
        this.socket = socket;
    }

    /** Begins when the first answer is there: management comes up later than the device. */
    public static Scraper start(Cleanup cleanup, Path managementSocket) throws IOException {
        var scraper = new Scraper(managementSocket);
        scraper.awaitFirst();
        return cleanup.make(() -> {
            scraper.thread.start();
            return scraper;
        }, Scraper::stop);
    }

    private void awaitFirst() throws IOException {
        long deadline = System.nanoTime() + (long) (START_SECONDS * 1e9);
        while (true) {
            try {
                scrape();
                return;
            } catch (IOException e) {
                if (System.nanoTime() > deadline || isOver(0.02)) {
                    throw e;
                }
            }
        }
    }

    private void scrapeUntilEnd() {
        try {
            while (!isOver(1)) {
                scrape();
                scrapes++;
            }
        } catch (IOException e) {
            failure = e;
        }
    }

    private boolean isOver(double seconds) {
        try {
            return end.await((long) (seconds * 1e9), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private void scrape() throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            channel.write(ByteBuffer.wrap(REQUEST));
            String answer = new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
            if (!answer.startsWith("HTTP/1.1 200 ") || !answer.contains("\nisthmus_")) {
                throw new IOException("the scrape was answered: " + answer.substring(0, Math.min(200, answer
                        .length())));
            }
        }
    }

    /** How many there were. */
    public int scrapes() {
        return scrapes;
    }

    /** Fails when a scrape failed. */
    public void check() throws IOException {
        if (failure != null) {
            throw new IOException("the scrape fails", failure);
        }
    }

    private void stop() {
        end.countDown();
    }
}
