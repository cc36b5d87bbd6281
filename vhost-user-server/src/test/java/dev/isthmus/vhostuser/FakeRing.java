package dev.isthmus.vhostuser;

import dev.isthmus.linux.Descriptors;
import dev.isthmus.linux.EventFd;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.OwnedFd;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A split virtqueue from the driver's side, written from the tables of virtio 1.3, 2.7; shares no offset with the code
 * under test. One thread uses it.
 *
 * <pre>
 *   descriptor table, at 0                          addr u64, len u32, flags u16, next u16
 *   available ring, at 16 * size                    flags u16, idx u16, ring[size] u16, used_event u16
 *   used ring, at the next multiple of 4096         flags u16, idx u16, ring[size] { id u32, len u32 }, avail_event u16
 * </pre>
 */
public final class FakeRing implements AutoCloseable {
    public static final int NEXT = 1;
    public static final int WRITE = 2;
    public static final int INDIRECT = 4;

    private static final int PAGE = 4096;

    /** An element of the used ring. */
    public record Used(int head, long length) {}

    private final SharedRam ram;
    private final int index;
    private final int size;
    private final boolean eventIdx;
    private final long descriptors;
    private final long available;
    private final long used;
    private final OwnedFd kick;
    private final OwnedFd err;
    private OwnedFd call;
    private int nextAvailable;
    private int lastUsed;
    private boolean quiet;

    /** At {@code offset}, a multiple of a page. */
    public FakeRing(SharedRam ram, long offset, int index, int size, boolean eventIdx) throws LinuxException {
        this.ram = ram;
        this.index = index;
        this.size = size;
        this.eventIdx = eventIdx;
        this.descriptors = offset;
        this.available = offset + 16L * size;
        this.used = (available + 6 + 2L * size + PAGE - 1) / PAGE * PAGE;
        this.kick = EventFd.create();
        this.call = EventFd.create();
        this.err = EventFd.create();
        ram.fill(offset, used + 6 + 8L * size - offset, 0);
    }

    public int index() {
        return index;
    }

    public int size() {
        return size;
    }

    public long descriptorsUser() {
        return ram.user(descriptors);
    }

    public long availableUser() {
        return ram.user(available);
    }

    public long usedUser() {
        return ram.user(used);
    }

    public OwnedFd kick() {
        return kick;
    }

    public OwnedFd call() {
        return call;
    }

    public OwnedFd err() {
        return err;
    }

    /** Another call eventfd; the old one is the caller's. */
    public OwnedFd exchangeCall() throws LinuxException {
        OwnedFd old = call;
        call = EventFd.create();
        return old;
    }

    public void descriptor(int at, long guestAddress, long length, int flags, int next) {
        long entry = descriptors + 16L * at;
        ram.putU64(entry, guestAddress);
        ram.putU32(entry + 8, length);
        ram.putU16(entry + 12, flags);
        ram.putU16(entry + 14, next);
    }

    /** Makes a chain available and notifies the device if it wishes so. */
    public void offer(int head) {
        int old = nextAvailable;
        ram.putU16(available + 4 + 2L * (nextAvailable % size), head);
        nextAvailable = (nextAvailable + 1) & 0xffff;
        ram.putU16Release(available + 2, nextAvailable);
        // idx before the device's wish is read (2.7.13.4.1).
        VarHandle.fullFence();
        if (!quiet && deviceWantsKick(old)) {
            EventFd.signal(kick.number());
        }
    }

    /** A driver that never notifies, until it is told to do so again. */
    public void quiet(boolean noKicks) {
        quiet = noKicks;
    }

    private boolean deviceWantsKick(int old) {
        if (eventIdx) {
            return ram.u16(used + 4 + 8L * size) == old;
        }
        return (ram.u16(used) & 1) == 0;
    }

    public void forceKick() {
        EventFd.signal(kick.number());
    }

    /** The next element of the used ring; null when there is none. */
    public @Nullable Used pollUsed() {
        if (ram.u16Acquire(used + 2) == lastUsed) {
            return null;
        }
        long entry = used + 4 + 8L * (lastUsed % size);
        lastUsed = (lastUsed + 1) & 0xffff;
        return new Used((int) ram.u32(entry), ram.u32(entry + 4));
    }

    /**
     * Waits for the next element of the used ring as a driver does: sleeps on the call eventfd, so a missing
     * notification is a failure.
     */
    public Used awaitUsed() throws LinuxException {
        long begin = System.nanoTime();
        while (true) {
            Used element = pollUsed();
            if (element != null) {
                return element;
            }
            if (eventIdx) {
                ram.putU16(available + 4 + 2L * size, lastUsed);
                VarHandle.fullFence();
                element = pollUsed();
                if (element != null) {
                    return element;
                }
            }
            boolean notified = Descriptors.awaitReadable(call, 10_000);
            if (!notified || System.nanoTime() - begin > 20_000_000_000L) {
                throw new AssertionError("ring " + index + ": no used buffer notification; used idx "
                        + ram.u16(used + 2) + ", seen up to " + lastUsed);
            }
            EventFd.drain(call);
        }
    }

    /** Index in the available ring, after the last chain that was offered. */
    public int nextAvailable() {
        return nextAvailable;
    }

    /** The available index as if it were any other; the driver's own position goes with it. */
    public void nextAvailable(int position) {
        nextAvailable = position;
        ram.putU16Release(available + 2, position);
    }

    /** Where this driver expects the next used element, and the device's used index with it. */
    public void lastUsed(int position) {
        lastUsed = position;
        ram.putU16(used + 2, position);
    }

    public int usedIndex() {
        return ram.u16Acquire(used + 2);
    }

    @Override
    public void close() {
        kick.close();
        call.close();
        err.close();
    }
}
