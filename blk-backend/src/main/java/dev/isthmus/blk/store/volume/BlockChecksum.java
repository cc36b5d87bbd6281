package dev.isthmus.blk.store.volume;

import dev.isthmus.linux.HostMemory;

/**
 * XXH64 of memory of ours, by the algorithm's specification (xxHash, doc/xxhash_spec.md), for lengths that are
 * multiples of 32 bytes.
 *
 * <p>In Java, and not by an intrinsic or a native library: nobody who changes a caller can hand guest memory to native
 * code by it. RocksDB checks what it stored; this checks, from the copy of the guest's data to the copy back, that what
 * RocksDB gives is what it was given, and for this block.
 */
final class BlockChecksum {
    static final int STRIPE_BYTES = 32;

    private static final long P1 = 0x9E3779B185EBCA87L;
    private static final long P2 = 0xC2B2AE3D27D4EB4FL;
    private static final long P3 = 0x165667B19E3779F9L;
    private static final long P4 = 0x85EBCA77C2B2AE63L;

    private BlockChecksum() {}

    /** @param seed what else is to be told apart: the block's number */
    static long of(long address, int length, long seed) {
        long a = seed + P1 + P2;
        long b = seed + P2;
        long c = seed;
        long d = seed - P1;
        for (int i = 0; i < length; i += STRIPE_BYTES) {
            a = round(a, HostMemory.u64(address + i));
            b = round(b, HostMemory.u64(address + i + 8));
            c = round(c, HostMemory.u64(address + i + 16));
            d = round(d, HostMemory.u64(address + i + 24));
        }
        long hash = Long.rotateLeft(a, 1) + Long.rotateLeft(b, 7) + Long.rotateLeft(c, 12) + Long.rotateLeft(d, 18);
        hash = merge(merge(merge(merge(hash, a), b), c), d) + length;
        hash = (hash ^ hash >>> 33) * P2;
        hash = (hash ^ hash >>> 29) * P3;
        return hash ^ hash >>> 32;
    }

    private static long round(long lane, long input) {
        return Long.rotateLeft(lane + input * P2, 31) * P1;
    }

    private static long merge(long hash, long lane) {
        return (hash ^ round(0, lane)) * P1 + P4;
    }
}
