package dev.isthmus.blk.store;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What a store counts, and what is wrong with it now. Rare events and figures only: they are atomics, and no request
 * that succeeds writes to one, unless the storage was full before.
 *
 * <p>Any thread reads.
 */
public final class StoreCounters {
    private static final int OPERATIONS = StoreOperation.values().length;

    private final AtomicLong ioErrors = new AtomicLong();
    private final AtomicLong noSpaceErrors = new AtomicLong();
    private final AtomicLong flushErrors = new AtomicLong();
    private final AtomicLong checksumErrors = new AtomicLong();
    private final ErrorSpell[] errorSpells = spells();
    private final ErrorSpell[] noSpaceSpells = spells();
    private volatile boolean flushFailed;
    /** Whether {@link #isFull} may be, so that a write that succeeds need not look further. */
    private volatile boolean maybeFull;
    private volatile boolean writtenSinceFull;
    private volatile long missingBytes;

    private static ErrorSpell[] spells() {
        ErrorSpell[] spells = new ErrorSpell[OPERATIONS];
        for (int i = 0; i < OPERATIONS; i++) {
            spells[i] = new ErrorSpell();
        }
        return spells;
    }

    /** A request failed with an I/O error; whether it is the first of its kind after a quiet time. */
    boolean failed(StoreOperation operation) {
        ioErrors.incrementAndGet();
        return errorSpells[operation.ordinal()].failed(System.nanoTime());
    }

    /** A request failed since the storage is full; whether it is the first of its kind after a quiet time. */
    boolean foundNoSpace(StoreOperation operation) {
        noSpaceErrors.incrementAndGet();
        writtenSinceFull = false;
        maybeFull = true;
        return noSpaceSpells[operation.ordinal()].failed(System.nanoTime());
    }

    /** A write succeeded: hot path. */
    void written() {
        if (maybeFull) {
            writtenSinceFull = true;
        }
    }

    ErrorSpell errorSpell(StoreOperation operation) {
        return errorSpells[operation.ordinal()];
    }

    ErrorSpell noSpaceSpell(StoreOperation operation) {
        return noSpaceSpells[operation.ordinal()];
    }

    /** Whether a write has succeeded since the last one that found no space. */
    boolean hasWrittenSinceFull() {
        return writtenSinceFull;
    }

    /** A look at the spells is over. */
    void looked() {
        if (maybeFull && !isFull()) {
            maybeFull = false;
            maybeFull = isFull(); // it may have begun meanwhile
        }
    }

    /** How many bytes the image is shorter than the guest's disk. */
    void missing(long bytes) {
        missingBytes = bytes;
    }

    /**
     * A flush failed: the kernel may have dropped what it could not write, so nothing can be promised until the image
     * is opened again.
     */
    public void countFlushError() {
        flushErrors.incrementAndGet();
        flushFailed = true;
    }

    /** The image was opened anew: what was wrong before says nothing of it. */
    public void reopened() {
        flushFailed = false;
        missingBytes = 0;
        for (int i = 0; i < OPERATIONS; i++) {
            errorSpells[i].end();
            noSpaceSpells[i].end();
        }
        looked();
    }

    /** A block was not what had been written; returns how many there were. */
    public long countChecksumError(StoreOperation operation) {
        errorSpells[operation.ordinal()].failed(System.nanoTime());
        return checksumErrors.incrementAndGet();
    }

    public long checksumErrors() {
        return checksumErrors.get();
    }

    public long ioErrors() {
        return ioErrors.get();
    }

    public long noSpaceErrors() {
        return noSpaceErrors.get();
    }

    public long flushErrors() {
        return flushErrors.get();
    }

    public boolean flushFailed() {
        return flushFailed;
    }

    /** Whether requests of this kind fail with I/O errors, or did some seconds ago. */
    public boolean isFailing(StoreOperation operation) {
        return errorSpells[operation.ordinal()].isOn();
    }

    /** The same for any kind. */
    public boolean isFailing() {
        for (ErrorSpell spell : errorSpells) {
            if (spell.isOn()) {
                return true;
            }
        }
        return false;
    }

    /** Whether the storage is full: it had no space, and since then no write has succeeded, or it is seconds ago. */
    public boolean isFull() {
        for (ErrorSpell spell : noSpaceSpells) {
            if (spell.isOn()) {
                return true;
            }
        }
        return false;
    }

    /** How many bytes the image is shorter than the guest's disk, since somebody cut it off; 0 if nobody did. */
    public long missingBytes() {
        return missingBytes;
    }
}
