package dev.isthmus.xen;

import dev.isthmus.linux.HostMemory;
import dev.isthmus.linux.NativeHeap;

/**
 * Copies between our memory and pages that other domains grant, to be made together by {@link GrantTable#copy}. One
 * thread uses it; after it was made it allocates nothing.
 *
 * <p>Laid out as the kernel reads it, {@code struct gntdev_grant_copy_segment} of {@code xen/gntdev.h}:
 *
 * <pre>
 *    0 source   u64 address, or u32 reference, u16 offset, u16 domain
 *    8 dest     likewise
 *   16 len      u16
 *   18 flags    u16   1 source is a reference, 2 dest is a reference
 *   20 status   s16   0 done, else why not                              24 bytes in all
 * </pre>
 */
public final class GrantCopies implements AutoCloseable {
    /** {@code GNTST_okay} of {@code public/grant_table.h}; every other status is negative. */
    public static final int OKAY = 0;

    /** {@code GNTST_general_error}. */
    public static final int GENERAL_ERROR = -1;

    static final int SEGMENT_BYTES = 24;
    static final int SOURCE = 0;
    static final int DESTINATION = 8;
    static final int LENGTH = 16;
    static final int FLAGS = 18;
    static final int STATUS = 20;

    /** In source and destination, when they are references. */
    static final int REFERENCE = 0;
    static final int OFFSET = 4;
    static final int DOMAIN = 6;

    static final int SOURCE_IS_REFERENCE = 1;
    static final int DESTINATION_IS_REFERENCE = 2;

    private final int room;
    private final long segments;
    private int count;
    private boolean closed;

    private GrantCopies(int room, long segments) {
        this.room = room;
        this.segments = segments;
    }

    /** An empty batch with room for so many copies. */
    public static GrantCopies withRoomFor(int room) {
        long segments = NativeHeap.allocate((long) room * SEGMENT_BYTES);
        if (segments == NativeHeap.NONE) {
            throw new OutOfMemoryError("no memory for " + room + " grant copies");
        }
        return new GrantCopies(room, segments);
    }

    /** Forgets all copies. */
    public void clear() {
        count = 0;
    }

    public int count() {
        return count;
    }

    /** Copies that can still be added. */
    public int room() {
        return room - count;
    }

    /**
     * From a granted page to our memory.
     *
     * @param reference u32 as the domain wrote it
     * @param offset in the page
     * @param address of ours
     * @param length 1 to 4096 bytes; offset and length stay within the granted page
     * @return its index in this batch
     */
    public int fromGrant(int domain, int reference, int offset, long address, int length) {
        long segment = next(length, offset, SOURCE_IS_REFERENCE);
        putGrant(segment + SOURCE, domain, reference, offset);
        HostMemory.putU64(segment + DESTINATION, address);
        return count++;
    }

    /** From our memory to a granted page: {@link #fromGrant} the other way round. */
    public int toGrant(int domain, int reference, int offset, long address, int length) {
        long segment = next(length, offset, DESTINATION_IS_REFERENCE);
        HostMemory.putU64(segment + SOURCE, address);
        putGrant(segment + DESTINATION, domain, reference, offset);
        return count++;
    }

    private long next(int length, int offset, int flags) {
        // Ours to keep: a guest's numbers were checked where they were read.
        if (count == room || length < 1 || offset < 0 || length > GrantTable.PAGE_BYTES - offset) {
            throw new IllegalStateException(
                    "grant copy " + count + " of " + room + ": " + length + " bytes at " + offset);
        }
        long segment = segments + (long) count * SEGMENT_BYTES;
        HostMemory.putU16(segment + LENGTH, length);
        HostMemory.putU16(segment + FLAGS, flags);
        // What a system call that fails as a whole leaves behind.
        HostMemory.putU16(segment + STATUS, GENERAL_ERROR);
        return segment;
    }

    private static void putGrant(long at, int domain, int reference, int offset) {
        HostMemory.putU32(at + REFERENCE, reference);
        HostMemory.putU16(at + OFFSET, offset);
        HostMemory.putU16(at + DOMAIN, domain);
    }

    /** How a copy went: {@link #OKAY}, or a negative {@code GNTST_} number. */
    public int status(int index) {
        return (short) HostMemory.u16(segments + (long) index * SEGMENT_BYTES + STATUS);
    }

    /** Says of all copies that they were not made. */
    void failAll() {
        for (int i = 0; i < count; i++) {
            HostMemory.putU16(segments + (long) i * SEGMENT_BYTES + STATUS, GENERAL_ERROR);
        }
    }

    /** Of the first segment, for the kernel and for who stands in for it. */
    long address() {
        return segments;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            NativeHeap.free(segments);
        }
    }
}
