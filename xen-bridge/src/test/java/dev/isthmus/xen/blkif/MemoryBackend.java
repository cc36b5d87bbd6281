package dev.isthmus.xen.blkif;

import dev.isthmus.linux.HostMemory;
import dev.isthmus.linux.NativeHeap;
import dev.isthmus.xen.CrashPoint;
import dev.isthmus.xen.bridge.PagePool;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A back-end without a thread: executes a step when its end is asked for, in the order of a test's choice. Checks that
 * what it is given is sound. Allocates nothing for a step.
 */
final class MemoryBackend implements Backend, AutoCloseable {
    private static final int PAGE = 4096;

    private final long disk;
    private final long sectors;
    private final long heap;
    private final long pages;
    private final int pageCount;
    private PagePool pool;
    private final ArrayDeque<Request> submitted = new ArrayDeque<>(Limits.REQUESTS_MAX);
    private final ArrayDeque<Request> published = new ArrayDeque<>(Limits.REQUESTS_MAX);
    private int status;

    CrashPoint crash = new CrashPoint();
    /** What the next step ends with: a test may change it. */
    int nextStatus;
    /** Whether steps that were published are executed. */
    boolean working = true;
    /** How many more steps are executed. */
    int limit = Integer.MAX_VALUE;
    /** Last published, first executed. */
    boolean backwards;
    /** Steps that were executed: the constants of {@link Request} as letters, oldest first. */
    final StringBuilder executed = new StringBuilder();
    boolean recording;

    MemoryBackend(long sectors, int pageCount) {
        this.sectors = sectors;
        this.pageCount = pageCount;
        this.disk = NativeHeap.allocate(sectors * 512);
        HostMemory.zero(disk, sectors * 512);
        this.heap = NativeHeap.allocate((pageCount + 1L) * PAGE);
        this.pages = heap + PAGE - 1 & -PAGE;
        this.pool = new PagePool(pages, pageCount);
    }

    BlkifProperties properties() {
        return new BlkifProperties(sectors, 512, 512, false, true, true, 512, 0, 4, 4, Limits.SEGMENTS_MAX);
    }

    boolean isOurs(long address, int length) {
        long offset = address - pages;
        return offset >= 0 && offset + length <= (long) pageCount * PAGE && offset % PAGE + length <= PAGE;
    }

    long sector(long sector) {
        return disk + sector * 512;
    }

    /** Forgets all it was given, and begins with new pages. */
    void lose() {
        submitted.clear();
        published.clear();
        pool = new PagePool(pages, pageCount);
    }

    int waiting() {
        return published.size();
    }

    @Override
    public PagePool pool() {
        return pool;
    }

    @Override
    public void submit(Request request) {
        check(request);
        crash.pass();
        submitted.addLast(request);
    }

    private void check(Request request) {
        boolean flush = request.step() == Request.FLUSH_BEFORE || request.step() == Request.FLUSH_AFTER;
        boolean inside = request.sector >= 0 && request.sectors >= 0 && request.sectors <= sectors - request.sector;
        if (request.step() == 0 || !flush && !inside) {
            throw new AssertionError("step " + request.step() + " at " + request.sector + ", " + request.sectors
                    + " sectors");
        }
        long bytes = 0;
        for (int i = 0; i < request.segments; i++) {
            bytes += request.lengths[i];
            if (!isOurs(request.pages[i], request.lengths[i])) {
                throw new AssertionError("segment " + i + " is in no page of the pool");
            }
        }
        if (request.step() == Request.DATA && bytes != request.sectors * 512) {
            throw new AssertionError(bytes + " bytes for " + request.sectors + " sectors");
        }
    }

    @Override
    public void publish() {
        crash.pass();
        while (!submitted.isEmpty()) {
            published.addLast(submitted.removeFirst());
        }
    }

    @Override
    public @Nullable Request takeFinished() {
        if (!working || published.isEmpty() || limit == 0) {
            return null;
        }
        limit--;
        crash.pass();
        Request request = backwards ? published.removeLast() : published.removeFirst();
        status = nextStatus;
        if (status == BlkifOperation.OKAY) {
            execute(request);
        }
        return request;
    }

    private void execute(Request request) {
        if (recording) {
            executed.append(switch (request.step()) {
                case Request.DATA -> request.write ? 'W' : 'R';
                case Request.DISCARD -> 'D';
                default -> 'F';
            });
        }
        long at = sector(request.sector);
        if (request.step() == Request.DISCARD) {
            HostMemory.zero(at, request.sectors * 512);
        } else if (request.step() == Request.DATA) {
            for (int i = 0; i < request.segments; i++) {
                HostMemory.copy(request.write ? request.pages[i] : at, request.write ? at : request.pages[i],
                        request.lengths[i]);
                at += request.lengths[i];
            }
        }
    }

    @Override
    public int status() {
        return status;
    }

    @Override
    public void close() {
        NativeHeap.free(disk);
        NativeHeap.free(heap);
    }
}
