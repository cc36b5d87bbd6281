package dev.isthmus.loop;

import dev.isthmus.linux.FileIo;
import dev.isthmus.linux.HostMemory;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.uring.IoUringIoEvent;
import io.netty.channel.uring.IoUringIoHandle;
import io.netty.channel.uring.IoUringIoOps;
import org.jspecify.annotations.Nullable;

/**
 * File I/O of one worker by io_uring: what is asked here is handed to the kernel with the worker's next turn, all of it
 * by one system call, and its results come back in turns too. The worker's thread only.
 *
 * <pre>
 *   read, write, sync, allocate ──► submission queue ──► kernel
 *   Completion.completed  ◄── done (tag, result) ◄── completion queue
 *         called when Netty's turn is over, because Netty swallows what its callbacks throw
 * </pre>
 *
 * <p>No more is in flight than the completion queue has places for, so that it cannot overflow; who finds no {@link
 * #hasRoom} goes elsewhere. There is no cancellation: buffers must stay until the completion was called. If the kernel
 * refuses a submission altogether (io_uring_enter(2) fails), the worker's turn ends with that exception.
 *
 * <p>Each request costs the heap one object, Netty's {@link IoUringIoOps}.
 */
public final class FileRing {
    // linux/io_uring.h
    private static final byte IORING_OP_READV = 1;
    private static final byte IORING_OP_WRITEV = 2;
    private static final byte IORING_OP_FSYNC = 3;
    private static final byte IORING_OP_FALLOCATE = 17;
    private static final byte IORING_OP_READ = 22;
    private static final byte IORING_OP_WRITE = 23;
    private static final int IORING_FSYNC_DATASYNC = 1;

    private static final int PLACES = Limits.FILE_REQUESTS_MAX;
    private static final int MASK = PLACES - 1;

    private final Handle handle = new Handle();
    private final IoRegistration registration;
    private final @Nullable Completion[] owners = new Completion[PLACES];
    private final int[] freeTags = new int[PLACES];
    private int free = PLACES;
    private int unsubmitted;

    /** Finished and not told yet: a ring of tags and results, from {@link #told} to {@link #done}. */
    private final int[] doneTags = new int[PLACES];
    private final int[] doneResults = new int[PLACES];
    private int done;
    private int told;

    FileRing(HandlerDriver driver) {
        for (int i = 0; i < PLACES; i++) {
            freeTags[i] = i;
        }
        registration = driver.register(handle);
    }

    /** Whose request it was. */
    public interface Completion {
        /**
         * Called on the worker, once for each request. There is room for one more request now.
         *
         * @param result what the system call would have returned, or {@code -errno}
         */
        void completed(int result);
    }

    /** Whether one more request may be made. */
    public boolean hasRoom() {
        return free > 0;
    }

    /** {@code preadv2(2)}. The iovec array may be changed when the worker's next turn is over, and not before. */
    public void read(Completion owner, int fd, long iovec, int count, long offset) {
        move(owner, count == 1 ? IORING_OP_READ : IORING_OP_READV, fd, iovec, count, offset, 0);
    }

    /** {@code pwritev2(2)}, with RWF_* flags. The iovec array as with {@link #read}. */
    public void write(Completion owner, int fd, long iovec, int count, long offset, int flags) {
        move(owner, count == 1 ? IORING_OP_WRITE : IORING_OP_WRITEV, fd, iovec, count, offset, flags);
    }

    /** A single buffer needs no array, which the kernel would have to read first. */
    private void move(Completion owner, byte opcode, int fd, long iovec, int count, long offset, int flags) {
        if (count == 1) {
            int length = (int) Math.min(HostMemory.u64(iovec + Long.BYTES), FileIo.TRANSFER_BYTES_MAX);
            submit(owner, opcode, fd, offset, HostMemory.u64(iovec), length, flags);
        } else {
            submit(owner, opcode, fd, offset, iovec, count, flags);
        }
    }

    /** {@code fdatasync(2)}. */
    public void sync(Completion owner, int fd) {
        submit(owner, IORING_OP_FSYNC, fd, 0, 0, 0, IORING_FSYNC_DATASYNC);
    }

    /** {@code fallocate(2)}. */
    public void allocate(Completion owner, int fd, int mode, long offset, long length) {
        submit(owner, IORING_OP_FALLOCATE, fd, offset, length, mode, 0);
    }

    private void submit(Completion owner, byte opcode, int fd, long offset, long address, int length, int flags) {
        if (free == 0) {
            throw new IllegalStateException("too many requests in flight");
        }
        int tag = freeTags[free - 1];
        registration.submit(new IoUringIoOps(opcode, (byte) 0, (short) 0, fd, offset, address, length, flags,
                (long) tag, (short) 0, (short) 0, 0, 0));
        free--;
        owners[tag] = owner;
        unsubmitted++;
    }

    /** Requests whose completion was not called yet. */
    int inFlight() {
        return PLACES - free;
    }

    /** Requests the kernel has not been told of. */
    int unsubmitted() {
        return unsubmitted;
    }

    /** A turn of Netty's is over, which hands over all there is. */
    void submitted() {
        unsubmitted = 0;
    }

    /** Whether a completion waits to be called, since one before it threw. */
    boolean hasUntold() {
        return told != done;
    }

    /** Calls the completions of what is done. */
    void tell() {
        while (told != done) {
            int tag = doneTags[told & MASK];
            int result = doneResults[told & MASK];
            told++; // first, so that one that throws is not told again
            Completion owner = owners[tag];
            if (owner == null) {
                throw new IllegalStateException("nobody asked for request " + tag);
            }
            owners[tag] = null;
            freeTags[free++] = tag;
            owner.completed(result);
        }
    }

    /** What Netty calls; only remembers. */
    private final class Handle implements IoUringIoHandle {
        @Override
        public void handle(IoRegistration of, IoEvent event) {
            IoUringIoEvent completion = (IoUringIoEvent) event; // reused for the next: read at once
            doneTags[done & MASK] = (int) completion.userData();
            doneResults[done & MASK] = completion.res();
            done++;
        }

        /** Requests cannot be cancelled; the kernel ends them with the ring. */
        @Override
        public void close() {}
    }
}
