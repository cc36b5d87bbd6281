package dev.isthmus.xen;

import dev.isthmus.linux.CharacterDevice;
import dev.isthmus.linux.HostMemory;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.Mapping;
import dev.isthmus.linux.NativeHeap;
import dev.isthmus.linux.OwnedFd;
import java.io.IOException;
import java.lang.foreign.Arena;

/**
 * The kernel's {@code /dev/xen/gntdev}: {@code include/uapi/xen/gntdev.h}. When its descriptor is closed, by us or by
 * our death, and its mappings are gone, the kernel gives all grants back.
 *
 * <pre>
 *   MAP_GRANT_REF    count 0 u32, index 8 u64 (out), then count times: domain u32, reference u32
 *   UNMAP_GRANT_REF  index 0 u64, count 8 u32
 *   GRANT_COPY       count 0 u32, segments 8 pointer
 * </pre>
 */
public final class GntdevGrantTable implements GrantTable {
    private static final String DEVICE = "/dev/xen/gntdev";

    /** The number is made with the size of a request of one reference, however many there are. */
    private static final long MAP_GRANT_REF = CharacterDevice.request('G', 0, 24);
    private static final long UNMAP_GRANT_REF = CharacterDevice.request('G', 1, 16);
    private static final long GRANT_COPY = CharacterDevice.request('G', 8, 16);

    private static final int MAP_HEADER_BYTES = 16;
    private static final int MAP_INDEX = 8;
    private static final int MAP_REFERENCE_BYTES = 8;
    private static final int UNMAP_BYTES = 16;
    private static final int COPY_BYTES = 16;

    private final OwnedFd device;
    private final int number;
    private final long copyArgument;
    private boolean closed;

    private GntdevGrantTable(OwnedFd device, long copyArgument) {
        this.device = device;
        this.number = device.number();
        this.copyArgument = copyArgument;
    }

    public static GntdevGrantTable open() throws IOException {
        OwnedFd device = CharacterDevice.open(DEVICE, false);
        long copyArgument = NativeHeap.allocate(COPY_BYTES);
        if (copyArgument == NativeHeap.NONE) {
            device.close();
            throw new OutOfMemoryError("no memory for a grant table");
        }
        return new GntdevGrantTable(device, copyArgument);
    }

    @Override
    public GrantMapping map(int domain, int[] references) throws IOException {
        long index = announce(domain, references);
        try {
            // This is where the hypervisor is asked: it fails when a single page cannot be mapped.
            Mapping mapping = Mapping.shared(device, index, (long) references.length * PAGE_BYTES);
            return new Mapped(mapping, index, references.length);
        } catch (LinuxException e) {
            forget(index, references.length);
            throw new IOException("domain " + domain + " does not let its grants be mapped, " + references.length
                    + " from " + Integer.toUnsignedString(references[0]) + " on: " + e.getMessage(), e);
        }
    }

    private long announce(int domain, int[] references) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            long bytes = MAP_HEADER_BYTES + (long) references.length * MAP_REFERENCE_BYTES;
            long argument = arena.allocate(bytes, Long.BYTES).address();
            HostMemory.putU32(argument, references.length);
            for (int i = 0; i < references.length; i++) {
                long entry = argument + MAP_HEADER_BYTES + (long) i * MAP_REFERENCE_BYTES;
                HostMemory.putU32(entry, domain);
                HostMemory.putU32(entry + Integer.BYTES, references[i]);
            }
            CharacterDevice.ioctl(device, MAP_GRANT_REF, argument,
                    "announce " + references.length + " grants of domain " + domain + " to " + DEVICE);
            return HostMemory.u64(argument + MAP_INDEX);
        }
    }

    /** There is nothing to do when it fails: closing the device does the same. */
    private void forget(long index, int count) {
        try (Arena arena = Arena.ofConfined()) {
            long argument = arena.allocate(UNMAP_BYTES, Long.BYTES).address();
            HostMemory.putU64(argument, index);
            HostMemory.putU32(argument + Long.BYTES, count);
            if (!closed) {
                CharacterDevice.ioctl(number, UNMAP_GRANT_REF, argument);
            }
        }
    }

    @Override
    public void copy(GrantCopies copies) {
        if (copies.count() == 0) {
            return;
        }
        HostMemory.putU32(copyArgument, copies.count());
        HostMemory.putU64(copyArgument + Long.BYTES, copies.address());
        if (CharacterDevice.ioctl(number, GRANT_COPY, copyArgument) < 0) {
            // Then no status means anything, gntdev.h says: some were set before it failed.
            copies.failAll();
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            device.close();
            NativeHeap.free(copyArgument);
        }
    }

    private final class Mapped implements GrantMapping {
        private final Mapping mapping;
        private final long index;
        private final int pages;
        private boolean unmapped;

        Mapped(Mapping mapping, long index, int pages) {
            this.mapping = mapping;
            this.index = index;
            this.pages = pages;
        }

        @Override
        public long address() {
            return mapping.address();
        }

        @Override
        public long sizeBytes() {
            return mapping.length();
        }

        @Override
        public void close() {
            if (!unmapped) {
                unmapped = true;
                mapping.close();
                forget(index, pages);
            }
        }
    }
}
