package dev.isthmus.virtqueue;

import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.Mapping;
import dev.isthmus.linux.MemFd;
import dev.isthmus.linux.OwnedFd;
import dev.isthmus.memory.GuestMemory;
import dev.isthmus.memory.MemoryException;
import dev.isthmus.memory.MemoryRegionDescription;
import dev.isthmus.memory.MemoryTable;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Memory of a guest that is not there: three files, mapped once for the driver here and again, elsewhere, by each
 * {@link #map} for the device.
 *
 * <pre>
 *   guest address   LOW            BORDER         END        RINGS          RINGS_END
 *                    |    low       |    high      |   ...    |    rings     |
 *   file            memfd, from 0  memfd, from 16            memfd, from 4096
 * </pre>
 *
 * <p>Two regions meet at {@link #BORDER}, but in host memory they do not.
 */
public final class GuestRam implements AutoCloseable {
    public static final long LOW = 0x10_0000;
    public static final long BORDER = 0x20_0000;
    public static final long END = 0x30_0000;
    public static final long RINGS = 0x100_0000;
    public static final long RINGS_END = 0x110_0000;
    /** User address of guest address 0, so that one is never taken for the other. */
    public static final long USER = 0x5500_0000_0000L;

    private static final int REGION_BYTES = 0x10_0000;
    private static final List<MemoryRegionDescription> REGIONS = List.of(
            new MemoryRegionDescription(LOW, REGION_BYTES, USER + LOW, 0),
            new MemoryRegionDescription(BORDER, REGION_BYTES, USER + BORDER, 16),
            new MemoryRegionDescription(RINGS, REGION_BYTES, USER + RINGS, 4096));

    private static final ValueLayout.OfShort U16 =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final List<OwnedFd> files = new ArrayList<>();
    private final List<Mapping> mappings = new ArrayList<>();
    private final List<MemoryTable> tables = new ArrayList<>();
    private final MemorySegment low;
    private final MemorySegment high;
    private final MemorySegment rings;

    /** All zeroes. */
    public GuestRam() {
        try {
            low = file(0);
            high = file(1);
            rings = file(2);
        } catch (LinuxException e) {
            throw new UncheckedIOException(e);
        }
    }

    private MemorySegment file(int region) throws LinuxException {
        long offset = REGIONS.get(region).mmapOffset();
        long bytes = REGION_BYTES + 4096;
        OwnedFd file = MemFd.create("fake-guest", bytes);
        files.add(file);
        Mapping mapping = Mapping.shared(file, 0, bytes);
        mappings.add(mapping);
        return MemorySegment.ofAddress(mapping.address()).reinterpret(bytes).asSlice(offset, REGION_BYTES);
    }

    /** Maps all of it for a device, at host addresses of its own; lives as long as this. */
    public GuestMemory map() {
        return map(REGIONS, files);
    }

    /** The same without the region that holds the rings. */
    public GuestMemory mapWithoutRings() {
        return map(REGIONS.subList(0, 2), files.subList(0, 2));
    }

    private GuestMemory map(List<MemoryRegionDescription> regions, List<OwnedFd> fds) {
        var table = new MemoryTable(false);
        tables.add(table);
        try {
            table.replace(regions, fds);
        } catch (MemoryException e) {
            throw new IllegalStateException(e);
        }
        GuestMemory memory = table.current();
        if (memory.hostAddress(BORDER - 1, 1) + 1 == memory.hostAddress(BORDER, 1)) {
            throw new IllegalStateException("the kernel put the two regions beside each other");
        }
        return memory;
    }

    private MemorySegment region(long guest) {
        if (guest >= LOW && guest < BORDER) {
            return low;
        }
        if (guest >= BORDER && guest < END) {
            return high;
        }
        if (guest >= RINGS && guest < RINGS_END) {
            return rings;
        }
        throw new IllegalArgumentException("no memory at guest address 0x" + Long.toHexString(guest));
    }

    /** All regions begin at multiples of their size. */
    private static long offset(long guest) {
        return guest & REGION_BYTES - 1;
    }

    public int u8(long guest) {
        return Byte.toUnsignedInt(region(guest).get(ValueLayout.JAVA_BYTE, offset(guest)));
    }

    public int u16(long guest) {
        return Short.toUnsignedInt(region(guest).get(U16, offset(guest)));
    }

    public long u32(long guest) {
        return Integer.toUnsignedLong(region(guest).get(U32, offset(guest)));
    }

    public long u64(long guest) {
        return region(guest).get(U64, offset(guest));
    }

    public void putU8(long guest, int value) {
        region(guest).set(ValueLayout.JAVA_BYTE, offset(guest), (byte) value);
    }

    public void putU16(long guest, int value) {
        region(guest).set(U16, offset(guest), (short) value);
    }

    public void putU32(long guest, long value) {
        region(guest).set(U32, offset(guest), (int) value);
    }

    public void putU64(long guest, long value) {
        region(guest).set(U64, offset(guest), value);
    }

    /** Bytes from a guest address on, across the border if need be. */
    public byte[] read(long guest, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) u8(guest + i);
        }
        return bytes;
    }

    public void write(long guest, byte[] bytes) {
        for (int i = 0; i < bytes.length; i++) {
            putU8(guest + i, bytes[i]);
        }
    }

    @Override
    public void close() {
        tables.forEach(MemoryTable::close);
        mappings.forEach(Mapping::close);
        files.forEach(OwnedFd::close);
    }
}
