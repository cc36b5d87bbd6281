package dev.isthmus.loop;

import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.uring.IoUringIoEvent;
import io.netty.channel.uring.IoUringIoHandle;
import io.netty.channel.uring.IoUringIoOps;
import org.jspecify.annotations.Nullable;

/**
 * A multishot poll request on a descriptor that is somebody else's (io_uring_enter(2), IORING_OP_POLL_ADD).
 *
 * <p>Like epoll's edge: the eventfd is never read, and each write to it gives at least one event that begins after it.
 * Why none is lost:
 *
 * <pre>
 *   who writes                          the kernel for us
 *   counter += 1          (A)           armed:  enters the eventfd's wait queue      (C)
 *   wakes the wait queue  (B)                   asks whether the counter is not zero (D)
 * </pre>
 *
 * B and C take the queue's lock. Either C comes first, then B finds the request; or B comes first, then D sees A. That
 * is arming, which therefore gives an event when the eventfd is readable already. From then on the request stays in the
 * queue. B makes an event out of it unless one is being made at this moment, and then whoever makes it looks once more
 * before he is done ({@code io_poll_check_events} in {@code io_uring/poll.c} counts such calls). So several writes may
 * become one event, and that is all. The driver's half is the available index, which it writes before A and which a
 * worker reads after the event.
 *
 * <p>A one-shot request would be a level: never reading the eventfd, it would fire for ever. Reading it instead (an
 * IORING_OP_READ) takes the count from the front-end, which may want to read it itself, blocks in a thread of the
 * kernel when the eventfd is a blocking one on old kernels, and needs a request each time.
 *
 * <p>The kernel may end a multishot request, when it finds no room in the completion queue: the event then lacks
 * IORING_CQE_F_MORE, and the request is armed again, which asks D.
 *
 * <p>A request refers to the open file, not to the descriptor's number. {@link #close} cancels it and waits for its
 * last event, so that the ring does not keep the file open; a descriptor closed too early would still be safe.
 */
final class IoUringWatch implements IoUringIoHandle, Watch {
    // linux/io_uring.h
    private static final byte IORING_OP_POLL_ADD = 6;
    private static final byte IORING_OP_ASYNC_CANCEL = 14;
    private static final int IORING_POLL_ADD_MULTI = 1;
    private static final int IORING_CQE_F_MORE = 1 << 1;
    /** {@code asm-generic/poll.h} */
    private static final int POLLIN = 1;

    /** Within 16 bits, Netty needs no table to find what an event belongs to. */
    private static final long NO_TAG = 0;
    private static final int CLOSING_TURNS_MAX = 1000;

    private final HandlerDriver driver;
    private final int fd;
    private final Runnable readable;
    private @Nullable IoRegistration registration;
    private long pollNumber;
    private boolean closing;
    private boolean ended;

    private IoUringWatch(HandlerDriver driver, int fd, Runnable readable) {
        this.driver = driver;
        this.fd = fd;
        this.readable = readable;
    }

    static IoUringWatch start(HandlerDriver driver, int fd, Runnable readable) {
        IoUringWatch watch = new IoUringWatch(driver, fd, readable);
        IoRegistration registration = driver.register(watch);
        watch.registration = registration;
        watch.arm(registration);
        return watch;
    }

    /** Takes effect with the next turn, and so before any wait. */
    private void arm(IoRegistration on) {
        pollNumber = on.submit(new IoUringIoOps(IORING_OP_POLL_ADD, (byte) 0, (short) 0, fd, 0, 0,
                IORING_POLL_ADD_MULTI, POLLIN, NO_TAG, (short) 0, (short) 0, 0, 0));
    }

    @Override
    public void handle(IoRegistration of, IoEvent event) {
        IoUringIoEvent completion = (IoUringIoEvent) event; // reused for the next: read at once
        if (completion.opcode() != IORING_OP_POLL_ADD) {
            return; // the cancellation's own result: the poll request tells the same
        }
        int result = completion.res();
        boolean last = (completion.flags() & IORING_CQE_F_MORE) == 0;
        if (closing) {
            ended |= last;
            return;
        }
        if (result < 0) {
            ended = last;
            driver.fail("watching fd " + fd + " failed: errno " + -result);
            return;
        }
        readable.run();
        if (last) {
            arm(of);
        }
    }

    /** Also called by Netty at the end of the loop. The descriptor is not ours to close. */
    @Override
    public void close() {
        IoRegistration on = registration;
        if (closing || on == null) {
            return;
        }
        closing = true;
        if (!ended) {
            on.submit(new IoUringIoOps(IORING_OP_ASYNC_CANCEL, (byte) 0, (short) 0, -1, 0, pollNumber, 0, 0, NO_TAG,
                    (short) 0, (short) 0, 0, 0));
        }
        on.cancel();
        for (int i = 0; i < CLOSING_TURNS_MAX && !ended; i++) {
            driver.runNow();
        }
    }
}
