package dev.isthmus.loop;

import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import org.jspecify.annotations.Nullable;

/** Netty's handle of a descriptor that is somebody else's. */
final class EpollWatch implements EpollIoHandle, Watch {
    /** Edge-triggered, so an eventfd needs no read: each write is a new edge (epoll(7)). */
    private static final EpollIoOps READABLE_EDGE = EpollIoOps.EPOLLIN.with(EpollIoOps.EPOLLET);

    private final FileDescriptor fd;
    private final Runnable readable;
    private @Nullable IoRegistration registration;

    private EpollWatch(int fd, Runnable readable) {
        this.fd = new FileDescriptor(fd);
        this.readable = readable;
    }

    static EpollWatch start(HandlerDriver driver, int fd, Runnable readable) {
        EpollWatch watch = new EpollWatch(fd, readable);
        IoRegistration registration = driver.register(watch);
        watch.registration = registration;
        registration.submit(READABLE_EDGE);
        return watch;
    }

    @Override
    public FileDescriptor fd() {
        return fd;
    }

    @Override
    public void handle(IoRegistration of, IoEvent event) {
        readable.run();
    }

    /** Also called by Netty at the end of the loop. The descriptor is not ours to close. */
    @Override
    public void close() {
        if (registration != null) {
            registration.cancel();
        }
    }
}
