package dev.isthmus.bench.rig;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/**
 * What must not stay behind: processes, mounts, devices, files. What was made last goes first. Undone by
 * {@link #release}, by {@link #close}, or, when the program is interrupted or terminated, by a thread of the JVM's end;
 * threads may share it.
 */
public final class Cleanup implements AutoCloseable {
    private final Deque<Made<?>> made = new ArrayDeque<>();
    private final Consumer<String> problems;
    private boolean closed;
    /** Read without the lock: who undoes things holds it for seconds. */
    private volatile boolean interrupted;

    /** @param problems told in one line what could not be undone */
    public Cleanup(Consumer<String> problems) {
        this.problems = problems;
    }

    /** One that is closed at the JVM's end at the latest. */
    public static Cleanup atExit(Consumer<String> problems) {
        var cleanup = new Cleanup(problems);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            cleanup.interrupted = true;
            cleanup.close();
        }, "cleanup"));
        return cleanup;
    }

    /** A part that can be closed before the rest, by {@link #release}. */
    public Cleanup scope() throws IOException {
        return make(() -> new Cleanup(problems), Cleanup::close);
    }

    /** Whether the program is being ended from outside, so that whatever fails now is no wonder. */
    public boolean isInterrupted() {
        return interrupted;
    }

    /** Makes something. */
    public interface Maker<T> {
        T make() throws IOException;
    }

    /** Undoes it; called once at most. */
    public interface Undo<T> {
        void undo(T made) throws IOException;
    }

    private record Made<T>(T thing, Undo<T> undo) {
        void undone() throws IOException {
            undo.undo(thing);
        }
    }

    /**
     * Makes something that is undone later. There is no moment in between at which it exists and would be forgotten.
     *
     * @throws IOException also when the end has begun
     */
    public synchronized <T> T make(Maker<T> maker, Undo<T> undo) throws IOException {
        if (closed) {
            throw new IOException("is ending");
        }
        T thing = maker.make();
        made.push(new Made<>(thing, undo));
        return thing;
    }

    /** Undoes one thing before the end; does nothing if that happened already. */
    @SuppressWarnings("ReferenceEquality") // this thing, not one that is equal
    public synchronized void release(Object thing) throws IOException {
        for (Made<?> each : made) {
            if (each.thing() == thing) {
                made.remove(each);
                each.undone();
                return;
            }
        }
    }

    /** Undoes all that is left, whatever fails meanwhile. */
    @Override
    public synchronized void close() {
        closed = true;
        while (!made.isEmpty()) {
            try {
                made.pop().undone();
            } catch (IOException e) {
                problems.accept("left behind: " + e.getMessage());
            }
        }
    }
}
