package dev.isthmus.loop;

class IoUringWorkerLoopTest extends WorkerLoopContract {
    IoUringWorkerLoopTest() {
        super(Transport.IO_URING);
    }
}
