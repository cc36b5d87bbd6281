package dev.isthmus.net;

import dev.isthmus.linux.FileIo;
import dev.isthmus.linux.HostMemory;
import dev.isthmus.virtqueue.ChainFault;
import dev.isthmus.virtqueue.DescriptorChain;
import dev.isthmus.virtqueue.Virtqueue;

/**
 * Chains of a receive ring that were taken and not used yet, in the ring's order, as one row of bytes. Hot path.
 *
 * <pre>
 *   offset 0                                          bytes()
 *     | header | frame ........ | room for the next ..... |
 *     |<-- use(n): handed back -->|<-- stays in reserve -->|
 *        (whole chains)
 * </pre>
 */
final class ReserveChains {
    private final Virtqueue queue;
    private final int headerBytes;
    private final NetQueueCounters counters;
    private final int[] heads;
    private final int mask;
    private int first;
    private int count;
    private long bytes;
    private long describedBytes;
    private int refused;

    ReserveChains(Virtqueue queue, int headerBytes, NetQueueCounters counters) {
        this.queue = queue;
        this.headerBytes = headerBytes;
        this.counters = counters;
        this.heads = new int[queue.size()];
        this.mask = queue.size() - 1;
    }

    long bytes() {
        return bytes;
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** Whether the driver can add nothing before something is handed back. */
    boolean hasAll() {
        return count == heads.length || queue.isFull();
    }

    /** Takes chains until there are so many bytes, or one chain if frames may not be spread, if the driver has some. */
    void until(long wanted, boolean spread) {
        for (int i = 0; i < heads.length && bytes < wanted && (spread || count == 0); i++) {
            int head = queue.poll();
            if (head < 0) {
                return;
            }
            DescriptorChain chain = queue.chain(head);
            if (chain.fault() != ChainFault.NONE || chain.readableCount() > 0) {
                refuse(head, DropCause.CHAIN);
            } else if (chain.writableBytes() < headerBytes) {
                refuse(head, DropCause.BUFFER_WITHOUT_ROOM);
            } else {
                heads[first + count & mask] = head;
                count++;
                bytes += chain.writableBytes();
            }
        }
    }

    /** Hands a chain back with nothing in it, and those before it too: used entries keep the ring's order. */
    private void refuse(int head, DropCause cause) {
        counters.drops(cause).increment();
        while (count > 0) {
            queue.addUsed(takeFirst(), 0);
            refused++;
        }
        queue.addUsed(head, 0);
        refused++;
    }

    /** Chains handed back with nothing in them since this was last asked. */
    int takeRefused() {
        int since = refused;
        refused = 0;
        return since;
    }

    private int takeFirst() {
        int head = heads[first];
        bytes -= queue.chain(head).writableBytes();
        first = first + 1 & mask;
        count--;
        return head;
    }

    private DescriptorChain chain(int number) {
        return queue.chain(heads[first + number & mask]);
    }

    /**
     * Writes {@code struct iovec} of what is behind the first header, as far as there are places.
     *
     * @param enough how many bytes do
     * @param from the first place
     * @param to the place after the last
     * @return the place after the last that was written
     */
    int describe(long enough, long iovecs, int from, int to) {
        int place = from;
        long skip = headerBytes;
        describedBytes = 0;
        for (int i = 0; i < count && describedBytes < enough; i++) {
            DescriptorChain chain = chain(i);
            int pieces = chain.count();
            for (int piece = 0; piece < pieces; piece++) {
                long length = chain.length(piece);
                long skipped = Math.min(skip, length);
                skip -= skipped;
                if (skipped < length) {
                    if (place == to) {
                        return place;
                    }
                    long at = iovecs + (long) place * FileIo.IOVEC_BYTES;
                    HostMemory.putU64(at, chain.address(piece) + skipped);
                    HostMemory.putU64(at + Long.BYTES, length - skipped);
                    describedBytes += length - skipped;
                    place++;
                }
            }
        }
        return place;
    }

    /** Bytes that the last {@link #describe} described. */
    long describedBytes() {
        return describedBytes;
    }

    /** Copies into the row at an offset; there is room. */
    void put(long from, long offset, long length) {
        move(from, offset, length, true);
    }

    /** Copies out of the row from an offset; there is so much. */
    void get(long offset, long to, long length) {
        move(to, offset, length, false);
    }

    private void move(long ours, long offset, long length, boolean in) {
        long skip = offset;
        long done = 0;
        for (int i = 0; done < length; i++) {
            DescriptorChain chain = chain(i);
            if (skip >= chain.writableBytes()) {
                skip -= chain.writableBytes();
                continue;
            }
            for (int piece = 0; piece < chain.count() && done < length; piece++) {
                long pieceBytes = chain.length(piece);
                long part = Math.min(pieceBytes - skip, length - done);
                if (part > 0) {
                    long theirs = chain.address(piece) + skip;
                    HostMemory.copy(in ? ours + done : theirs, in ? theirs : ours + done, part);
                    done += part;
                    skip = 0;
                } else {
                    skip -= pieceBytes;
                }
            }
        }
    }

    /** How many chains so many bytes fill. */
    int chainsFor(long wanted) {
        int number = 0;
        long room = 0;
        while (room < wanted) { // there are enough
            room += chain(number).writableBytes();
            number++;
        }
        return number;
    }

    /** Hands back the chains that hold the first so many bytes. */
    void use(long wanted) {
        long left = wanted;
        while (left > 0) {
            long part = Math.min(left, chain(0).writableBytes());
            queue.addUsed(takeFirst(), part);
            left -= part;
        }
    }

    /** All go back to the ring, newest first. */
    void giveBack() {
        while (count > 0) {
            count--;
            queue.giveBack(heads[first + count & mask]);
        }
        bytes = 0;
    }
}
