package dev.isthmus.counters;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A number that one thread at a time writes and any thread reads. Opaque: a reader sees whole values, a little late.
 */
public final class Counter {
    private static final VarHandle VALUE = handle();

    @SuppressWarnings("FieldMayBeFinal") // written through VALUE
    private long value;

    private static VarHandle handle() {
        try {
            return MethodHandles.lookup().findVarHandle(Counter.class, "value", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    public void increment() {
        add(1);
    }

    public void add(long n) {
        VALUE.setOpaque(this, value + n);
    }

    /** For gauges. */
    public void set(long n) {
        VALUE.setOpaque(this, n);
    }

    public long get() {
        return (long) VALUE.getOpaque(this);
    }
}
