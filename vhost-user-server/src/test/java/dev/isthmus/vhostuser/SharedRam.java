package dev.isthmus.vhostuser;

import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.Mapping;
import dev.isthmus.linux.MemFd;
import dev.isthmus.linux.OwnedFd;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Guest memory as a front-end has it: a file it shares and has mapped itself. Offsets count from the beginning of the
 * region. Little-endian, any alignment except where said.
 */
public final class SharedRam implements AutoCloseable {
    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle U16_ALIGNED = ValueLayout.JAVA_SHORT.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();

    private final OwnedFd file;
    private final Mapping mapping;
    private final MemorySegment bytes;
    private final long guestAddress;
    private final long userAddress;

    private SharedRam(OwnedFd file, Mapping mapping, long guestAddress, long userAddress) {
        this.file = file;
        this.mapping = mapping;
        this.bytes = MemorySegment.ofAddress(mapping.address()).reinterpret(mapping.length());
        this.guestAddress = guestAddress;
        this.userAddress = userAddress;
    }

    /** Zeroes in a memfd of its own; {@code sizeBytes} is a multiple of a page. */
    public static SharedRam allocate(long guestAddress, long userAddress, long sizeBytes) throws LinuxException {
        OwnedFd file = MemFd.create("isthmus-test-ram", sizeBytes);
        return new SharedRam(file, Mapping.shared(file, 0, sizeBytes), guestAddress, userAddress);
    }

    public OwnedFd file() {
        return file;
    }

    public long sizeBytes() {
        return bytes.byteSize();
    }

    public long guest(long offset) {
        return guestAddress + offset;
    }

    public long user(long offset) {
        return userAddress + offset;
    }

    /** The region as messages describe it; the file is mapped from its beginning. */
    public byte[] region() {
        return Wire.region(guestAddress, sizeBytes(), userAddress, 0);
    }

    public int u8(long offset) {
        return Byte.toUnsignedInt(bytes.get(ValueLayout.JAVA_BYTE, offset));
    }

    public int u16(long offset) {
        return Short.toUnsignedInt(bytes.get(U16, offset));
    }

    public long u32(long offset) {
        return Integer.toUnsignedLong(bytes.get(U32, offset));
    }

    /** Whatever was written before it is visible too; aligned. */
    public int u16Acquire(long offset) {
        return Short.toUnsignedInt((short) U16_ALIGNED.getAcquire(bytes, offset));
    }

    public void putU8(long offset, int value) {
        bytes.set(ValueLayout.JAVA_BYTE, offset, (byte) value);
    }

    public void putU16(long offset, int value) {
        bytes.set(U16, offset, (short) value);
    }

    public void putU32(long offset, long value) {
        bytes.set(U32, offset, (int) value);
    }

    public void putU64(long offset, long value) {
        bytes.set(U64, offset, value);
    }

    /** After everything that was written before; aligned. */
    public void putU16Release(long offset, int value) {
        U16_ALIGNED.setRelease(bytes, offset, (short) value);
    }

    public void put(long offset, byte[] from) {
        MemorySegment.copy(from, 0, bytes, ValueLayout.JAVA_BYTE, offset, from.length);
    }

    public byte[] get(long offset, int length) {
        return bytes.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE);
    }

    public void fill(long offset, long length, int value) {
        bytes.asSlice(offset, length).fill((byte) value);
    }

    /** Cuts the file off; whoever has it mapped, this object included, loses the rest. */
    public void truncate(long sizeBytes) throws LinuxException {
        MemFd.resize(file, sizeBytes);
    }

    @Override
    public void close() {
        mapping.close();
        file.close();
    }
}
