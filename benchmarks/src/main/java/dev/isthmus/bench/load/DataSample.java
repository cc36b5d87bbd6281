package dev.isthmus.bench.load;

import dev.isthmus.linux.HostMemory;

/**
 * The data of requests: what is written, and whether a sample of what was read is right. Hot: allocates nothing.
 *
 * <p>What will be read into a sampled buffer is made wrong before, so that an answer without data is noticed.
 */
final class DataSample {
    /** One request in so many is checked. */
    private static final int EVERY = 64;

    private final boolean write;
    private final boolean read;
    private final boolean numbers;
    private final int blockBytes;
    /** By request: native address of its data. */
    private final long[] data;
    private int untilNext = 1;

    DataSample(LoadSpec spec, int requests) {
        this.write = spec.pattern().isWrite();
        this.read = !write && spec.check() != LoadCheck.NONE;
        this.numbers = spec.check() == LoadCheck.SECTOR_NUMBERS;
        this.blockBytes = spec.blockBytes();
        this.data = new long[requests];
    }

    void place(int request, long address) {
        data[request] = address;
    }

    /** Before a request is made available; whether it is one of the sample. */
    boolean prepare(int request, long sector) {
        if (write) {
            SectorNumbers.put(data[request], blockBytes, sector);
            return false;
        }
        if (!read || --untilNext > 0) {
            return false;
        }
        untilNext = EVERY;
        // As wrong as can be, in either case.
        SectorNumbers.put(data[request], blockBytes, ~sector);
        return true;
    }

    /** After a request of the sample was answered. */
    boolean isRight(int request, long sector) {
        return numbers
                ? SectorNumbers.are(data[request], blockBytes, sector)
                : isZero(data[request]);
    }

    private boolean isZero(long address) {
        long any = 0;
        for (int at = 0; at < blockBytes; at += Long.BYTES) {
            any |= HostMemory.u64(address + at);
        }
        return any == 0;
    }
}
