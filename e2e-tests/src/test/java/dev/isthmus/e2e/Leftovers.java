package dev.isthmus.e2e;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What is still there when the JVM is told to end in the middle of a test: processes, loop devices, reserved pages. */
final class Leftovers {

    private static final Set<Runnable> UNDO = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(Leftovers::undoAll, "leftovers"));
    }

    private Leftovers() {
    }

    /** Runs {@code undo} at the JVM's end unless it is {@linkplain #forget forgotten} before. */
    static void remember(Runnable undo) {
        UNDO.add(undo);
    }

    static void forget(Runnable undo) {
        UNDO.remove(undo);
    }

    private static void undoAll() {
        List<RuntimeException> failures = new ArrayList<>();
        for (Runnable undo : UNDO) {
            try {
                undo.run();
            } catch (RuntimeException e) {
                // The others still want to be undone; nobody is left to hear of it.
                failures.add(e);
            }
        }
    }
}
