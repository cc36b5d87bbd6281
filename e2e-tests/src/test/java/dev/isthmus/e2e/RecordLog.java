package dev.isthmus.e2e;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What the writers of {@link Records} say on their port: which records are durable, and when that was heard. */
final class RecordLog implements AutoCloseable {

    private static final String NUMBER = "[0-9]{7}";

    private final LineSocket socket;
    private final LongSupplier position;
    private final List<Heard> heard = new ArrayList<>();
    private @Nullable String failure;

    /**
     * A record that the guest knows to be durable.
     *
     * @param nanos when that was heard
     * @param position what the position was then
     */
    record Heard(int number, long nanos, long position) {
    }

    private RecordLog(Path path, LongSupplier position) throws IOException {
        this.position = position;
        this.socket = LineSocket.listen(path, this::hear);
    }

    /** @param position asked, by a thread of its own, at each record; such as how much a disk has logged */
    static RecordLog listen(Path path, LongSupplier position) throws IOException {
        return new RecordLog(path, position);
    }

    Path path() {
        return socket.path();
    }

    private synchronized void hear(String line) {
        if (line.matches(NUMBER)) {
            heard.add(new Heard(Integer.parseInt(line), System.nanoTime(), position.getAsLong()));
        } else if (failure == null) {
            failure = line;
        }
        notifyAll();
    }

    /** In the order in which they were heard. */
    synchronized List<Heard> all() {
        return List.copyOf(heard);
    }

    /** By slot, the newest that was heard; 0 for none. */
    int[] newest() {
        return newest(all());
    }

    static int[] newest(List<Heard> records) {
        int[] newest = new int[Records.SLOTS];
        for (Heard record : records) {
            int slot = record.number() % Records.SLOTS;
            newest[slot] = Math.max(newest[slot], record.number());
        }
        return newest;
    }

    /** Waits until there are so many. */
    synchronized void await(int count, Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (heard.size() < count) {
            wait(patience(deadline, limit));
        }
    }

    /** Waits for the first record that was heard after an instant of {@link System#nanoTime}. */
    synchronized Heard awaitAfter(long nanos, Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (heard.isEmpty() || heard.getLast().nanos() - nanos < 0) {
            wait(patience(deadline, limit));
        }
        int first = heard.size() - 1;
        while (first > 0 && heard.get(first - 1).nanos() - nanos >= 0) {
            first--;
        }
        return heard.get(first);
    }

    /** Milliseconds that are left; none are if the guest failed. */
    private long patience(long deadline, Duration limit) {
        assertNoFailure();
        long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (millis <= 0) {
            throw new AssertionError("the guest hangs: no record for " + limit + " after " + heard.size());
        }
        return millis;
    }

    /** The guest has told of no error. */
    synchronized void assertNoFailure() {
        if (failure != null) {
            throw new AssertionError("the guest says: " + failure);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
