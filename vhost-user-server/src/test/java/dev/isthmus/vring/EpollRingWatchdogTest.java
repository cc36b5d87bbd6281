package dev.isthmus.vring;

import dev.isthmus.loop.Transport;

class EpollRingWatchdogTest extends RingWatchdogContract {
    EpollRingWatchdogTest() {
        super(Transport.EPOLL);
    }
}
