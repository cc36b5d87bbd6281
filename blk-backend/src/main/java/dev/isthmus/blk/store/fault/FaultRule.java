package dev.isthmus.blk.store.fault;

import dev.isthmus.blk.store.StoreOperation;
import dev.isthmus.blk.store.StoreRequest;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/** Which requests of a {@link FaultStore} suffer what. Any thread. */
public final class FaultRule {
    private final Fault fault;
    private final Set<StoreOperation> operations;
    private final long fromBytes;
    private final long toBytes;
    private final int every;
    private final long delayNanos;
    private final AtomicLong matched = new AtomicLong();

    private FaultRule(Fault fault, Set<StoreOperation> operations, long fromBytes, long toBytes, int every,
            long delayNanos) {
        this.fault = fault;
        this.operations = operations;
        this.fromBytes = fromBytes;
        this.toBytes = toBytes;
        this.every = every;
        this.delayNanos = delayNanos;
    }

    /** The fault for every request of the operations for which it means something. */
    public static FaultRule of(Fault fault) {
        Set<StoreOperation> operations = switch (fault) {
            case HANG, DELAY -> EnumSet.allOf(StoreOperation.class);
            case ERROR, SHORT -> EnumSet.of(StoreOperation.READ, StoreOperation.WRITE);
            case NO_SPACE -> EnumSet.of(StoreOperation.WRITE);
        };
        return new FaultRule(fault, operations, 0, Long.MAX_VALUE, 1, 0);
    }

    /** Only these operations. */
    public FaultRule on(Set<StoreOperation> only) {
        return new FaultRule(fault, Collections.unmodifiableSet(EnumSet.copyOf(only)), fromBytes, toBytes, every,
                delayNanos);
    }

    /** Only requests that touch this part of the store; a flush touches none. */
    public FaultRule within(long newFromBytes, long newToBytes) {
        if (newFromBytes < 0 || newToBytes <= newFromBytes) {
            throw new IllegalArgumentException("a range from " + newFromBytes + " to " + newToBytes + " is empty");
        }
        return new FaultRule(fault, operations, newFromBytes, newToBytes, every, delayNanos);
    }

    /** Only every n-th of them. */
    public FaultRule every(int n) {
        if (n < 1) {
            throw new IllegalArgumentException("every " + n + "th request cannot be chosen");
        }
        return new FaultRule(fault, operations, fromBytes, toBytes, n, delayNanos);
    }

    /** How late requests are carried out, for {@link Fault#DELAY}. */
    public FaultRule by(Duration delay) {
        return new FaultRule(fault, operations, fromBytes, toBytes, every, delay.toNanos());
    }

    Fault fault() {
        return fault;
    }

    long delayNanos() {
        return delayNanos;
    }

    /** Whether this request is to suffer; asked once for each. */
    boolean hits(StoreRequest request) {
        return operations.contains(request.operation()) && touches(request)
                && (every == 1 || matched.incrementAndGet() % every == 0);
    }

    private boolean touches(StoreRequest request) {
        boolean everywhere = fromBytes == 0 && toBytes == Long.MAX_VALUE;
        return everywhere || switch (request.operation()) {
            case READ, WRITE -> overlaps(request.offsetBytes(), request.lengthBytes());
            case DISCARD, WRITE_ZEROES -> rangesTouch(request);
            case FLUSH -> false;
        };
    }

    private boolean rangesTouch(StoreRequest request) {
        for (int i = 0; i < request.rangeCount(); i++) {
            if (overlaps(request.rangeOffsetBytes(i), request.rangeLengthBytes(i))) {
                return true;
            }
        }
        return false;
    }

    private boolean overlaps(long offset, long length) {
        return offset < toBytes && offset + length > fromBytes;
    }

    /** For people: "hang of flush, write; every 3rd ...". */
    @Override
    public String toString() {
        String text = lowerCase(fault) + (fault == Fault.DELAY ? " by " + Duration.ofNanos(delayNanos).toMillis()
                + " ms" : "") + " of " + operations.stream().map(FaultRule::lowerCase).sorted().collect(
                        Collectors.joining(", "));
        String which = every == 1 ? "" : ", one in " + every;
        String where = toBytes == Long.MAX_VALUE && fromBytes == 0 ? ""
                : ", from byte " + fromBytes + (toBytes == Long.MAX_VALUE ? "" : " to " + toBytes);
        return text + which + where;
    }

    private static String lowerCase(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
