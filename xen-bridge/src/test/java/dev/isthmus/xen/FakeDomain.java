package dev.isthmus.xen;

import dev.isthmus.linux.HostMemory;
import dev.isthmus.linux.NativeHeap;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * A guest: its pages, what it grants of them, and its ends of event channels. Its own threads may do anything at any
 * time, as a guest's may.
 */
public final class FakeDomain implements AutoCloseable {
    private static final int PAGE = 4096;
    private static final int GRANTS = 4096;
    private static final int PORTS = 64;

    /** References a real guest does not give out: the first are reserved (grant_table.h). */
    private static final int FIRST_REFERENCE = 8;

    /** A grant: 0 none, else page * 4 + 2 when it is writable + 1. */
    private final AtomicIntegerArray grants = new AtomicIntegerArray(GRANTS);
    private final AtomicIntegerArray mapped = new AtomicIntegerArray(GRANTS);

    /** By port. */
    private final boolean[] allocated = new boolean[PORTS];
    private final long[] events = new long[PORTS];
    private final FakeEventChannels[] peers = new FakeEventChannels[PORTS];
    private final int[] peerPorts = new int[PORTS];

    private final int id;
    private final int pages;
    private final long heap;
    private final long memory;
    private int nextReference = FIRST_REFERENCE;
    private boolean closed;

    private FakeDomain(int id, int pages, long heap, long memory) {
        this.id = id;
        this.pages = pages;
        this.heap = heap;
        this.memory = memory;
    }

    static FakeDomain withPages(int id, int pages) {
        long heap = NativeHeap.allocate((long) (pages + 1) * PAGE);
        long memory = (heap + PAGE - 1) & -PAGE;
        HostMemory.zero(memory, (long) pages * PAGE);
        return new FakeDomain(id, pages, heap, memory);
    }

    public int id() {
        return id;
    }

    public int pages() {
        return pages;
    }

    /** Where a page of the guest's lies in this process; pages lie one after another. */
    public long page(int page) {
        if (page < 0 || page >= pages) {
            throw new IndexOutOfBoundsException(page);
        }
        return memory + (long) page * PAGE;
    }

    /** Grants a page to us, to be written too if {@code writable}; the reference to be told. */
    public synchronized int grant(int page, boolean writable) {
        page(page);
        int reference = nextReference++;
        grants.set(reference, page * 4 + (writable ? 2 : 0) + 1);
        return reference;
    }

    /** References of so many pages one after another, all writable. */
    public int[] grantAll(int firstPage, int count) {
        int[] references = new int[count];
        for (int i = 0; i < count; i++) {
            references[i] = grant(firstPage + i, true);
        }
        return references;
    }

    /** Takes a grant back; false, and it stays, while we have the page mapped. */
    public boolean revoke(int reference) {
        if (mapped.get(reference) != 0) {
            return false;
        }
        grants.set(reference, 0);
        return true;
    }

    /** How often pages of this domain are mapped; 0 when nothing is left behind. */
    public int mappings() {
        int count = 0;
        for (int i = 0; i < GRANTS; i++) {
            count += mapped.get(i);
        }
        return count;
    }

    /** Whether a reference is granted at all, or granted for writing. */
    boolean isGranted(int reference, boolean forWriting) {
        int grant = reference >= 0 && reference < GRANTS ? grants.get(reference) : 0;
        return grant != 0 && (!forWriting || (grant & 2) != 0);
    }

    /** The page of a reference that is granted. */
    int pageOf(int reference) {
        return grants.get(reference) >> 2;
    }

    void countMapping(int reference, int change) {
        mapped.addAndGet(reference, change);
    }

    /** A new port for us to bind. */
    public synchronized int allocatePort() {
        for (int port = 1; port < PORTS; port++) {
            if (!allocated[port]) {
                allocated[port] = true;
                events[port] = 0;
                return port;
            }
        }
        throw new IllegalStateException("no port is free");
    }

    /** Closes a port, so that nobody can bind it and what is bound to it is bound to nothing. */
    public synchronized void closePort(int port) {
        allocated[port] = false;
        peers[port] = null;
    }

    /** Notifies us, if we bound the port. */
    public void signal(int port) {
        FakeEventChannels peer;
        int peerPort;
        synchronized (this) {
            peer = peers[port];
            peerPort = peerPorts[port];
        }
        if (peer != null) {
            peer.notified(peerPort);
        }
    }

    /** How often we notified a port so far. */
    public synchronized long events(int port) {
        return events[port];
    }

    /** Waits until we have notified a port more often than {@code seen}; how often, by then or after the time. */
    public synchronized long awaitEvents(int port, long seen, long timeoutMillis) throws InterruptedException {
        long end = System.nanoTime() + timeoutMillis * 1_000_000;
        while (events[port] <= seen) {
            long millis = (end - System.nanoTime()) / 1_000_000;
            if (millis <= 0) {
                break;
            }
            wait(millis);
        }
        return events[port];
    }

    /** Ports of ours that are bound to this domain's; 0 when nothing is left behind. */
    public synchronized int bindings() {
        int count = 0;
        for (FakeEventChannels peer : peers) {
            count += peer == null ? 0 : 1;
        }
        return count;
    }

    synchronized boolean bind(int port, FakeEventChannels peer, int peerPort) {
        if (port <= 0 || port >= PORTS || !allocated[port] || peers[port] != null) {
            return false;
        }
        peers[port] = peer;
        peerPorts[port] = peerPort;
        return true;
    }

    synchronized void unbind(int port) {
        peers[port] = null;
    }

    synchronized void notified(int port, FakeEventChannels by) {
        if (peers[port] == by) {
            events[port]++;
            notifyAll();
        }
    }

    synchronized void die() {
        for (int i = 0; i < GRANTS; i++) {
            grants.set(i, 0);
        }
        for (int port = 0; port < PORTS; port++) {
            closePort(port);
        }
    }

    /** Gives its memory back: an address of it must not be used any more. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            NativeHeap.free(heap);
        }
    }
}
