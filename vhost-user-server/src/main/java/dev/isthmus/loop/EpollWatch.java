package dev.isthmus.loop;

import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.unix.FileDescriptor;

/** Netty's handle of a descriptor that is somebody else's. */
final class EpollWatch implements EpollIoHandle {
    private final FileDescriptor fd;
    private final Runnable readable;

    EpollWatch(int fd, Runnable readable) {
        this.fd = new FileDescriptor(fd);
        this.readable = readable;
    }

    @Override
    public FileDescriptor fd() {
        return fd;
    }

    @Override
    public void handle(IoRegistration registration, IoEvent event) {
        readable.run();
    }

    @Override
    public void close() {
        // The descriptor is not ours to close.
    }
}
