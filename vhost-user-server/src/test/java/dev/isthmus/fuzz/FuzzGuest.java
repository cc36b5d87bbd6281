package dev.isthmus.fuzz;

import dev.isthmus.linux.LinuxException;
import dev.isthmus.memory.GuestMemory;
import dev.isthmus.memory.MemoryException;
import dev.isthmus.memory.MemoryRegionDescription;
import dev.isthmus.memory.MemoryTable;
import dev.isthmus.vhostuser.SharedRam;
import java.util.List;

/**
 * Memory of the guest the generators play.
 *
 * <pre>
 *   guest address   RINGS            TABLES          DATA             MORE             (gap)    HUGE
 *                   64 KiB           512 KiB         128 KiB          128 KiB                   1 GiB, never touched
 *                   rings            a place of      buffers ....................
 *                                    1 KiB a head
 * </pre>
 *
 * <p>TABLES (two regions), DATA and MORE are neighbours, so buffers and indirect tables may cross from one into the
 * next.
 */
public final class FuzzGuest implements AutoCloseable {
    public static final long RINGS = 0x1000_0000L;
    public static final long TABLES = 0x2000_0000L;
    public static final int TABLES_BYTES = 512 << 10;
    /** Here TABLES is cut in two regions: through the indirect table of head 5. */
    private static final long TABLES_CUT = 5 * 1024 + 512 + 40;
    public static final long DATA = TABLES + TABLES_BYTES;
    public static final int DATA_BYTES = 128 << 10;
    public static final long MORE = DATA + DATA_BYTES;
    /** The first byte beyond the neighbours: nothing is there. */
    public static final long GAP = MORE + DATA_BYTES;
    public static final long HUGE = 0x1_0000_0000L;
    public static final long HUGE_BYTES = 1L << 30;
    private static final long USER = 0x7000_0000_0000L;
    private static final int PAGE = 4096;

    public final SharedRam rings = SharedRam.allocate(RINGS, USER + RINGS, 64 << 10);
    public final SharedRam tables = SharedRam.allocate(TABLES, USER + TABLES, TABLES_BYTES);
    public final SharedRam data = SharedRam.allocate(DATA, USER + DATA, DATA_BYTES);
    public final SharedRam more = SharedRam.allocate(MORE, USER + MORE, DATA_BYTES + PAGE);
    public final SharedRam huge = SharedRam.allocate(HUGE, USER + HUGE, HUGE_BYTES);
    private final MemoryTable table = new MemoryTable(false);
    private final MemoryTable ringless = new MemoryTable(false);
    private final long[] hostStart = new long[6];
    private final long[] hostBytes = new long[6];

    /** @param moreBytesTooMany by how much the back-end believes that MORE is longer than it is: 0 if it is right */
    public FuzzGuest(int moreBytesTooMany) throws LinuxException, MemoryException {
        describe(0, rings, 0, rings.sizeBytes(), 0);
        describe(1, tables, 0, TABLES_CUT, 0);
        describe(2, tables, TABLES_CUT, TABLES_BYTES - TABLES_CUT, 0);
        describe(3, data, 0, DATA_BYTES, 0);
        describe(4, more, 0, DATA_BYTES, moreBytesTooMany);
        describe(5, huge, 0, HUGE_BYTES, 0);
    }

    private void describe(int number, SharedRam ram, long offset, long bytes, int tooMany)
            throws MemoryException {
        var description = new MemoryRegionDescription(ram.guest(offset), bytes + tooMany, ram.user(offset), offset);
        table.add(description, ram.file());
        if (number > 0) {
            ringless.add(description, ram.file());
        }
        hostStart[number] = table.current().hostAddress(ram.guest(offset), 1);
        hostBytes[number] = bytes;
    }

    public GuestMemory memory() {
        return table.current();
    }

    /** The same without RINGS. */
    public GuestMemory withoutRings() {
        return ringless.current();
    }

    /** Whether these bytes of the back-end's are the guest's. */
    public boolean holds(long host, long bytes) {
        for (int i = 0; i < hostStart.length; i++) {
            long offset = host - hostStart[i];
            if (offset >= 0 && offset <= hostBytes[i] && bytes <= hostBytes[i] - offset) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() {
        table.close();
        ringless.close();
        List.of(rings, tables, data, more, huge).forEach(SharedRam::close);
    }
}
