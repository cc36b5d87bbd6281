package dev.isthmus.xen.blkif;

import dev.isthmus.linux.HostMemory;
import dev.isthmus.xen.blkif.GuestRing.Response;
import java.util.Random;

/**
 * Blocks of a disk, each with a page of the guest, that are written and read back. Forgives nothing: no error, no
 * second answer, no wrong byte. There is one request at a time for each block, as of a file system.
 */
final class GuestBlocks {
    static final int BLOCKS = 24;
    private static final int SECTORS_PER_BLOCK = 8;

    private final BlkGuest guest;
    private final GuestRing ring;
    private final Random random;
    private final long[] versions = new long[BLOCKS];
    private final boolean[] busy = new boolean[BLOCKS];
    private final boolean[] writing = new boolean[BLOCKS];

    GuestBlocks(BlkGuest guest, long seed) {
        this.guest = guest;
        this.ring = guest.ring();
        this.random = new Random(seed);
    }

    Random random() {
        return random;
    }

    /** Puts a request for a block that has none; there must be one. */
    void put() {
        int block = random.nextInt(BLOCKS);
        while (busy[block]) {
            block = (block + 1) % BLOCKS;
        }
        busy[block] = true;
        writing[block] = random.nextBoolean();
        long page = guest.address(block);
        if (writing[block]) {
            versions[block] = random.nextLong();
            for (int i = 0; i < 4096; i += 8) {
                HostMemory.putU64(page + i, versions[block] + i);
            }
        } else {
            HostMemory.fill(page, 4096, 0xee);
        }
        ring.put(ring.request(writing[block] ? 1 : 0, block, (long) block * SECTORS_PER_BLOCK, guest.grant(block), 0,
                7));
    }

    void check(Response response) {
        int block = (int) response.id();
        if (response.status() != 0 || !busy[block] || response.operation() != (writing[block] ? 1 : 0)) {
            throw new AssertionError(response + " of block " + block + ", busy " + busy[block]);
        }
        if (!writing[block] && versions[block] != 0) {
            for (int i = 0; i < 4096; i += 8) {
                if (HostMemory.u64(guest.address(block) + i) != versions[block] + i) {
                    throw new AssertionError("block " + block + " is wrong at byte " + i);
                }
            }
        }
        busy[block] = false;
    }
}
