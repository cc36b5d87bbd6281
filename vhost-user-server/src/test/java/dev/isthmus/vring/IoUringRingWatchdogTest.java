package dev.isthmus.vring;

import dev.isthmus.loop.Transport;

class IoUringRingWatchdogTest extends RingWatchdogContract {
    IoUringRingWatchdogTest() {
        super(Transport.IO_URING);
    }
}
