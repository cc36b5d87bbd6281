package dev.isthmus.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Our own process's memory by native address, little-endian as virtio 1.x is.
 *
 * <p>There is no bounds check here: a wrong address ends the process. Whoever calls holds an address that address
 * translation ({@code dev.isthmus.memory}) or an allocation of ours produced. A page whose file was truncated gives an
 * {@link InternalError}, which may arrive late.
 *
 * <p>Plain accesses may be unaligned; the {@code Acquire} and {@code Release} ones must be aligned to their size.
 */
public final class HostMemory {
    /** All of it: addresses are offsets into this segment. */
    public static final MemorySegment ALL = everything();

    private static final ValueLayout.OfShort U16 =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle U16_ALIGNED =
            ValueLayout.JAVA_SHORT.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();
    private static final VarHandle U32_ALIGNED =
            ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();

    /** For {@link #zero}: enough of them to make a copy cheap, few enough to stay in a core's first cache. */
    private static final int ZEROES_BYTES = 16 << 10;

    private static final long ZEROES = Arena.global().allocate(ZEROES_BYTES, 4096).address();

    private HostMemory() {}

    @SuppressWarnings("restricted") // the zero-length segment at NULL is widened once, here
    private static MemorySegment everything() {
        return MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
    }

    public static int u8(long address) {
        return Byte.toUnsignedInt(ALL.get(ValueLayout.JAVA_BYTE, address));
    }

    public static int u16(long address) {
        return Short.toUnsignedInt(ALL.get(U16, address));
    }

    public static long u32(long address) {
        return Integer.toUnsignedLong(ALL.get(U32, address));
    }

    public static long u64(long address) {
        return ALL.get(U64, address);
    }

    public static int u16Acquire(long address) {
        return Short.toUnsignedInt((short) U16_ALIGNED.getAcquire(ALL, address));
    }

    public static long u32Acquire(long address) {
        return Integer.toUnsignedLong((int) U32_ALIGNED.getAcquire(ALL, address));
    }

    public static void putU8(long address, int value) {
        ALL.set(ValueLayout.JAVA_BYTE, address, (byte) value);
    }

    public static void putU16(long address, int value) {
        ALL.set(U16, address, (short) value);
    }

    public static void putU32(long address, long value) {
        ALL.set(U32, address, (int) value);
    }

    public static void putU64(long address, long value) {
        ALL.set(U64, address, value);
    }

    public static void putU16Release(long address, int value) {
        U16_ALIGNED.setRelease(ALL, address, (short) value);
    }

    public static void putU32Release(long address, long value) {
        U32_ALIGNED.setRelease(ALL, address, (int) value);
    }

    public static void copy(long from, long to, long length) {
        MemorySegment.copy(ALL, from, ALL, to, length);
    }

    public static void copy(long from, byte[] to, int offset, int length) {
        MemorySegment.copy(ALL, ValueLayout.JAVA_BYTE, from, to, offset, length);
    }

    public static void copy(byte[] from, int offset, long to, int length) {
        MemorySegment.copy(from, offset, ALL, ValueLayout.JAVA_BYTE, to, length);
    }

    /** Zeroes memory: copies zeroes, which takes the JVM's copying a third of the time of its filling. */
    public static void zero(long address, long length) {
        long done = 0;
        while (done < length) {
            long part = Math.min(ZEROES_BYTES, length - done);
            copy(ZEROES, address + done, part);
            done += part;
        }
    }

    /** Sets every byte. Makes an object, a slice, unless the compiler removes it: not for a hot path. */
    public static void fill(long address, long length, int value) {
        ALL.asSlice(address, length).fill((byte) value);
    }
}
