package dev.isthmus.xen.netif;

import dev.isthmus.linux.HostMemory;
import dev.isthmus.linux.NativeHeap;
import dev.isthmus.xen.CrashPoint;
import dev.isthmus.xen.bridge.PagePool;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A back-end without a thread: keeps what is sent until {@link #work}, and has received what a test gives it. Checks
 * that what it is given is sound.
 */
final class MemoryWire implements Backend, AutoCloseable {
    private static final int PAGE = 4096;
    private static final int FRAMES = 64;
    private static final int SEND_PAGES = FRAMES * 20;
    private static final int RECEIVE_PAGES = FRAMES * 20;

    private final long heap = NativeHeap.allocate((SEND_PAGES + RECEIVE_PAGES + 1L) * PAGE);
    private final long pages = heap + PAGE - 1 & -PAGE;
    private PagePool pool = new PagePool(pages, SEND_PAGES);
    private final Frame[] free = new Frame[FRAMES];
    private int freeCount;
    private final Frame[] taken = new Frame[FRAMES];
    private int takenCount;
    private final Frame[] receiveFrames = new Frame[FRAMES];
    private int receiveFree;
    private final ArrayDeque<Frame> toReceive = new ArrayDeque<>();

    CrashPoint crash = new CrashPoint();
    long features = 0x1883L;
    /** Whether frames that were sent are done at once, as if on a very fast cable. */
    boolean working = true;
    /** Header and frame of what was sent, if it is to be kept. */
    boolean recording = true;
    final List<byte[]> headers = new ArrayList<>();
    final List<byte[]> frames = new ArrayList<>();
    long sentFrames;
    /** Whom all frames must come from, if that is known. */
    byte @Nullable [] expected;
    boolean watched = true;
    /** A frame comes back to be received as soon as it is released, so often. */
    int again;

    MemoryWire() {
        lose();
    }

    /** Forgets all it was given and all it had received. */
    void lose() {
        pool = new PagePool(pages, SEND_PAGES);
        toReceive.clear();
        freeCount = 0;
        takenCount = 0;
        receiveFree = 0;
        for (int i = 0; i < FRAMES; i++) {
            free[freeCount++] = new Frame();
            Frame frame = new Frame();
            // Recorded as its home, in the place a piece will have.
            frame.addresses[0] = pages + (SEND_PAGES + i * 20L) * PAGE;
            receiveFrames[receiveFree++] = frame;
        }
    }

    boolean isOurs(long address, int length) {
        long offset = address - pages;
        return offset >= 0 && offset + length <= (SEND_PAGES + RECEIVE_PAGES) * (long) PAGE
                && offset % PAGE + length <= PAGE;
    }

    /** Pages and frames that are on loan. */
    int missing() {
        return SEND_PAGES - pool.free() + FRAMES - freeCount;
    }

    /** A frame that is to be received, in pieces as a back-end that fills pages makes them. */
    void deliver(byte[] header, byte[] bytes) {
        Frame frame = receiveFrames[--receiveFree];
        long home = frame.addresses[0] - frame.addresses[0] % PAGE;
        frame.clear();
        frame.header = home;
        HostMemory.copy(header, 0, home, 12);
        int done = 0;
        for (int i = 0; done < bytes.length; i++) {
            int from = i == 0 ? 12 : 0;
            int length = Math.min(PAGE - from, bytes.length - done);
            HostMemory.copy(bytes, done, home + (long) i * PAGE + from, length);
            frame.add(home + (long) i * PAGE + from, length);
            done += length;
        }
        toReceive.addLast(frame);
    }

    int waiting() {
        return toReceive.size();
    }

    /** What was sent is done. */
    void work() {
        while (takenCount > 0) {
            give(taken[--takenCount]);
        }
    }

    @Override
    public long features() {
        return features;
    }

    @Override
    public @Nullable Frame prepare(int queue) {
        crash.pass();
        if (freeCount == 0 || pool.free() < 20) {
            return null;
        }
        Frame frame = free[--freeCount];
        frame.clear();
        frame.header = pool.take();
        return frame;
    }

    @Override
    public long page(int queue) {
        return pool.take();
    }

    @Override
    public void send(int queue, Frame frame) {
        crash.pass();
        sentFrames++;
        check(frame);
        checkSender(frame);
        if (recording) {
            byte[] header = new byte[12];
            HostMemory.copy(frame.header, header, 0, 12);
            headers.add(header);
            byte[] bytes = new byte[frame.bytes];
            int at = 0;
            for (int i = 0; i < frame.pieces; i++) {
                HostMemory.copy(frame.addresses[i], bytes, at, frame.lengths[i]);
                at += frame.lengths[i];
            }
            frames.add(bytes);
        }
        taken[takenCount++] = frame;
        if (working) {
            work();
        }
    }

    private void check(Frame frame) {
        int bytes = 0;
        for (int i = 0; i < frame.pieces; i++) {
            bytes += frame.lengths[i];
            long page = i == 0 ? frame.header + 12 : frame.addresses[i];
            if (frame.lengths[i] < 1 || frame.addresses[i] != page || !isOurs(page, frame.lengths[i])) {
                throw new AssertionError("piece " + i + " of a frame is in no page of the pool");
            }
        }
        if (bytes != frame.bytes || bytes < 14 || bytes > 65535) {
            throw new AssertionError(bytes + " bytes in pieces of a frame of " + frame.bytes);
        }
    }

    /** Of Ethernet, and of ARP: as it lies here, where nobody can change it any more. */
    private void checkSender(Frame frame) {
        byte[] sender = expected;
        if (sender == null) {
            return;
        }
        boolean arp = HostMemory.u8(frame.addresses[0] + 12) == 8 && HostMemory.u8(frame.addresses[0] + 13) == 6;
        for (int i = 0; i < 6; i++) {
            int own = sender[i] & 0xff;
            if (HostMemory.u8(frame.addresses[0] + 6 + i) != own
                    || arp && HostMemory.u8(frame.addresses[0] + 22 + i) != own) {
                throw new AssertionError("a frame of another sender");
            }
        }
    }

    @Override
    public void drop(int queue, Frame frame) {
        give(frame);
    }

    private void give(Frame frame) {
        for (int i = frame.pieces - 1; i >= 1; i--) {
            pool.give(frame.addresses[i]);
        }
        pool.give(frame.header);
        free[freeCount++] = frame;
    }

    @Override
    public @Nullable Frame receive(int queue) {
        crash.pass();
        return toReceive.pollFirst();
    }

    @Override
    public void release(int queue, Frame frame) {
        crash.pass();
        if (again > 0) {
            again--;
            toReceive.addLast(frame);
        } else {
            receiveFrames[receiveFree++] = frame;
        }
    }

    @Override
    public void watch(int queue, boolean on) {
        watched = on;
    }

    @Override
    public void publish() {
        crash.pass();
    }

    @Override
    public int inFlight() {
        return takenCount;
    }

    @Override
    public void close() {
        NativeHeap.free(heap);
    }
}
