package dev.isthmus.blk.store;

import dev.isthmus.linux.Errno;
import dev.isthmus.linux.FileIo;
import dev.isthmus.loop.FileRing;

/**
 * One request on its way through io_uring, one system call after the other. What to do and what a result means is
 * decided where the store's threads decide it too: {@link ImageIo}, {@link RangeIo}, {@link Transfer}.
 *
 * <pre>
 *   READ                        MOVE ─► ... ─► end
 *   WRITE                       MOVE ─► ... ─► SYNC if durable ─► end
 *   WRITE durable, RWF_DSYNC    ONE_STEP ─► end, or as above from the start
 *   FLUSH                       SYNC ─► end
 *   DISCARD, WRITE_ZEROES       RANGE ─► ... ─► SYNC if durable ─► end
 * </pre>
 *
 * Where a store thread has to go on (a range without fallocate, EAGAIN), it is given the whole request, of which no
 * byte of data has moved or which can as well be done twice.
 */
final class RingTask implements FileRing.Completion {
    /** The kernel answers EAGAIN only when it is short of memory. */
    private static final int RETRIES_MAX = 16;

    private enum Step {
        ONE_STEP, MOVE, SYNC, RANGE
    }

    private final RingQueue queue;
    private StoreRequest request;
    private Step step = Step.MOVE;
    private long entry;
    private long end;
    private long done;
    private int range;
    private RangeIo.Way way = RangeIo.Way.NOTHING;
    private int retries;

    RingTask(RingQueue queue, StoreRequest request) {
        this.queue = queue;
        this.request = request;
    }

    void begin(StoreRequest next) {
        request = next;
        retries = 0;
        switch (next.operation()) {
            case READ -> moveFromStart();
            case WRITE -> {
                if (next.durable() && queue.io.writesInOneStep(next)) {
                    step = Step.ONE_STEP;
                    queue.files.write(this, queue.fd, next.iovecAddress(), next.iovecCount(), next.offsetBytes(),
                            FileIo.RWF_DSYNC);
                } else {
                    moveFromStart();
                }
            }
            case FLUSH -> sync();
            case DISCARD, WRITE_ZEROES -> {
                range = 0;
                changeRange();
            }
        }
    }

    @Override
    public void completed(int result) {
        switch (step) {
            case ONE_STEP -> writtenInOneStep(result);
            case MOVE -> moved(result);
            case SYNC -> synced(result);
            case RANGE -> changed(result);
        }
    }

    private void writtenInOneStep(int result) {
        if (queue.io.wantsTwoSteps(request, result)) {
            moveFromStart();
        } else {
            finish(queue.io.writtenInOneStep(result));
        }
    }

    private void moveFromStart() {
        step = Step.MOVE;
        entry = request.iovecAddress();
        end = entry + (long) request.iovecCount() * FileIo.IOVEC_BYTES;
        done = 0;
        move();
    }

    private void move() {
        entry = Transfer.skipEmpty(entry, end);
        int entries = Transfer.entries(entry, end);
        long offset = request.offsetBytes() + done;
        if (isWrite()) {
            queue.files.write(this, queue.fd, entry, entries, offset, 0);
        } else {
            queue.files.read(this, queue.fd, entry, entries, offset);
        }
    }

    private boolean isWrite() {
        return request.operation() == StoreOperation.WRITE;
    }

    private void moved(int result) {
        if (result > 0) {
            done += result;
            if (done < request.lengthBytes()) {
                entry = Transfer.advance(entry, result);
                move();
            } else {
                end();
            }
        } else if (result == 0) {
            finish(Transfer.stuck(isWrite()));
        } else if (result == -Errno.EINTR) {
            move();
        } else if (result != -Errno.EAGAIN) {
            finish(result);
        } else if (done == 0) {
            passOn();
        } else if (++retries <= RETRIES_MAX) {
            move();
        } else {
            finish(result);
        }
    }

    private void sync() {
        step = Step.SYNC;
        queue.files.sync(this, queue.fd);
    }

    private void synced(int result) {
        if (result == -Errno.EINTR) {
            sync();
        } else {
            finish(queue.io.synced(result));
        }
    }

    private void changeRange() {
        step = Step.RANGE;
        while (range < request.rangeCount()) {
            long length = request.rangeLengthBytes(range);
            way = queue.ranges.way(request.operation(), request.rangeMayUnmap(range));
            if (length > 0 && way != RangeIo.Way.NOTHING) {
                if (way.isFallocate()) {
                    queue.files.allocate(this, queue.fd, way.mode(), request.rangeOffsetBytes(range), length);
                } else {
                    passOn();
                }
                return;
            }
            range++;
        }
        end();
    }

    private void changed(int result) {
        if (result == -Errno.EINTR || queue.ranges.wantsAnotherWay(request.operation(), way, result)) {
            changeRange();
        } else if (result == -Errno.EAGAIN) {
            passOn();
        } else if (result < 0) {
            finish(result);
        } else {
            range++;
            changeRange();
        }
    }

    private void end() {
        if (request.durable()) {
            sync();
        } else {
            finish(0);
        }
    }

    private void passOn() {
        StoreRequest leaving = request;
        queue.reuse(this);
        queue.pool.submit(leaving);
    }

    private void finish(int result) {
        StoreRequest finished = request;
        queue.reuse(this);
        finished.complete(queue.io.resultOf(finished, result));
    }
}
