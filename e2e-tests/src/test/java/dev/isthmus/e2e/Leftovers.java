package dev.isthmus.e2e;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What is still there when the JVM is told to end in the middle of a test: processes, mounts, loop devices, reserved
 * pages. What was made last goes first, since it may stand on what was made before.
 */
final class Leftovers {

    private static final Deque<Runnable> UNDO = new ArrayDeque<>();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(Leftovers::undoAll, "leftovers"));
    }

    private Leftovers() {
    }

    /** Runs {@code undo} at the JVM's end unless it is {@linkplain #forget forgotten} before. */
    static void remember(Runnable undo) {
        synchronized (UNDO) {
            UNDO.push(undo);
        }
    }

    static void forget(Runnable undo) {
        synchronized (UNDO) {
            UNDO.remove(undo);
        }
    }

    private static Runnable next() {
        synchronized (UNDO) {
            return UNDO.poll();
        }
    }

    private static void undoAll() {
        for (Runnable undo = next(); undo != null; undo = next()) {
            try {
                undo.run();
            } catch (RuntimeException | AssertionError _) {
                // The others still want to be undone; nobody is left to hear of it.
            }
        }
    }
}
