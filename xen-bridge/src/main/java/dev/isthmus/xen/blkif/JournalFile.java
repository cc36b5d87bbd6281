package dev.isthmus.xen.blkif;

import dev.isthmus.linux.FileIo;
import dev.isthmus.linux.HostMemory;
import dev.isthmus.linux.Mapping;
import dev.isthmus.linux.MemFd;
import dev.isthmus.linux.OwnedFd;
import dev.isthmus.xen.bridge.SharedRing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The journal of a disk: a mapped file that outlives the process. Says which rings it is of, so that a stale one is not
 * taken for another's.
 *
 * <pre>
 *     0 magic u64   8 version u32   12 complete u32   16 domain u32   20 entry bytes u32   24 rings u32   28 pages u32
 *    64 + 128 i   ring i: port u32, consumer u32, references u32 each
 *  4096           entries of ring 0, of ring 1 ...
 * </pre>
 */
final class JournalFile implements AutoCloseable {
    private static final long MAGIC = 0x4c4e524a424d5448L;
    private static final int VERSION = 1;
    private static final int VERSION_AT = 8;
    private static final int COMPLETE_AT = 12;
    private static final int DOMAIN_AT = 16;
    private static final int LAYOUT_AT = 20;
    private static final int RINGS_AT = 24;
    private static final int PAGES_AT = 28;
    private static final int RING_AT = 64;
    private static final int RING_BYTES = 128;
    private static final int PORT = 0;
    private static final int CONSUMER = 4;
    private static final int REFERENCES = 8;
    private static final int ENTRIES_AT = 4096;

    private final Path path;
    private final OwnedFd file;
    private final Mapping mapping;
    private final int ringEntries;

    private JournalFile(Path path, OwnedFd file, Mapping mapping, int ringEntries) {
        this.path = path;
        this.file = file;
        this.mapping = mapping;
        this.ringEntries = ringEntries;
    }

    /** The journal of these rings; empty unless {@link #isOf} them. */
    static JournalFile open(Path path, int domain, BlkifConnection connection) throws IOException {
        int pages = connection.rings().getFirst().references().length;
        int ringEntries = SharedRing.entries(pages, connection.protocol().layout().entryBytes);
        long bytes = ENTRIES_AT + (long) connection.rings().size() * ringEntries * RingJournal.ENTRY_BYTES;
        bytes = bytes + 4095 & -4096L;
        OwnedFd file = FileIo.openOrCreate(path.toString());
        try {
            if (Files.size(path) != bytes) {
                MemFd.resize(file, 0);
                MemFd.resize(file, bytes);
            }
            // A file system that is full says so now, and not by a signal later.
            int allocated = FileIo.fallocate(file.number(), 0, 0, bytes);
            if (allocated < 0) {
                throw new IOException("no room for the journal " + path + " (errno " + -allocated + ")");
            }
            Mapping mapping = Mapping.shared(file, 0, bytes);
            JournalFile journal = new JournalFile(path, file, mapping, ringEntries);
            if (!journal.isOf(domain, connection)) {
                journal.begin(domain, connection);
            }
            return journal;
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    /** Whether what is there is of these rings. */
    private boolean isOf(int domain, BlkifConnection connection) {
        List<BlkifRing> rings = connection.rings();
        boolean same = u32(COMPLETE_AT) == 1 && HostMemory.u64(mapping.address()) == MAGIC && u32(VERSION_AT) == VERSION
                && u32(DOMAIN_AT) == domain && u32(LAYOUT_AT) == connection.protocol().layout().entryBytes
                && u32(RINGS_AT) == rings.size() && u32(PAGES_AT) == rings.getFirst().references().length;
        for (int i = 0; i < rings.size() && same; i++) {
            int at = RING_AT + i * RING_BYTES;
            int[] references = rings.get(i).references();
            same = u32(at + PORT) == rings.get(i).remotePort();
            for (int page = 0; page < references.length && same; page++) {
                same = u32(at + REFERENCES + page * Integer.BYTES) == references[page];
            }
        }
        return same;
    }

    private void begin(int domain, BlkifConnection connection) {
        long at = mapping.address();
        HostMemory.putU32Release(at + COMPLETE_AT, 0);
        List<BlkifRing> rings = connection.rings();
        HostMemory.zero(at + RING_AT, mapping.length() - RING_AT);
        HostMemory.putU64(at, MAGIC);
        HostMemory.putU32(at + VERSION_AT, VERSION);
        HostMemory.putU32(at + DOMAIN_AT, domain);
        HostMemory.putU32(at + LAYOUT_AT, connection.protocol().layout().entryBytes);
        HostMemory.putU32(at + RINGS_AT, rings.size());
        HostMemory.putU32(at + PAGES_AT, rings.getFirst().references().length);
        for (int i = 0; i < rings.size(); i++) {
            long ring = at + RING_AT + (long) i * RING_BYTES;
            int[] references = rings.get(i).references();
            HostMemory.putU32(ring + PORT, rings.get(i).remotePort());
            for (int page = 0; page < references.length; page++) {
                HostMemory.putU32(ring + REFERENCES + (long) page * Integer.BYTES, references[page]);
            }
        }
        HostMemory.putU32Release(at + COMPLETE_AT, 1);
    }

    private int u32(int at) {
        return (int) HostMemory.u32(mapping.address() + at);
    }

    RingJournal ring(int index) {
        long consumer = mapping.address() + RING_AT + (long) index * RING_BYTES + CONSUMER;
        long entries = mapping.address() + ENTRIES_AT + (long) index * ringEntries * RingJournal.ENTRY_BYTES;
        return new RingJournal(consumer, entries, ringEntries);
    }

    /** Nobody waits for anything any more. */
    void remove() throws IOException {
        Files.deleteIfExists(path);
    }

    /** It stays for a successor. */
    @Override
    public void close() {
        mapping.close();
        file.close();
    }
}
