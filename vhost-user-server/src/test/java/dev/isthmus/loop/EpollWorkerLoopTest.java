package dev.isthmus.loop;

class EpollWorkerLoopTest extends WorkerLoopContract {
    EpollWorkerLoopTest() {
        super(Transport.EPOLL);
    }
}
