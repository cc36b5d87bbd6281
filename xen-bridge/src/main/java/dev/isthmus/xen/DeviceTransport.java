package dev.isthmus.xen;

import dev.isthmus.linux.CharacterDevice;
import dev.isthmus.linux.Errno;
import dev.isthmus.linux.EventFd;
import dev.isthmus.linux.HostMemory;
import dev.isthmus.linux.OwnedFd;
import dev.isthmus.linux.PollSet;
import java.io.IOException;
import java.lang.foreign.Arena;

/**
 * The kernel's {@code /dev/xen/xenbus}, for domains without a xenstored of their own: a request in one write, answers
 * and events in reads.
 */
final class DeviceTransport implements XenstoreTransport {
    private static final int DEVICE = 0;
    private static final int END = 1;

    private final OwnedFd device;
    private final OwnedFd end;
    private final PollSet poll;

    private DeviceTransport(OwnedFd device, OwnedFd end, PollSet poll) {
        this.device = device;
        this.end = end;
        this.poll = poll;
    }

    static DeviceTransport open(String path) throws IOException {
        OwnedFd device = CharacterDevice.open(path, false);
        try {
            OwnedFd end = EventFd.create();
            PollSet poll = PollSet.withRoomFor(2);
            poll.put(DEVICE, device.number());
            poll.put(END, end.number());
            return new DeviceTransport(device, end, poll);
        } catch (IOException e) {
            device.close();
            throw e;
        }
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            long bytes = arena.allocate(length, Long.BYTES).address();
            while (true) {
                poll.await(-1);
                if (poll.isReady(END)) {
                    return 0;
                }
                int read = poll.isReady(DEVICE) ? CharacterDevice.read(device.number(), bytes, length) : -Errno.EAGAIN;
                if (read >= 0) {
                    HostMemory.copy(bytes, buffer, offset, read);
                    return read;
                }
                if (read != -Errno.EAGAIN && read != -Errno.EINTR) {
                    throw new IOException("read of xenbus: " + Errno.describe(-read));
                }
            }
        }
    }

    /**
     * The kernel sends a request's payload after the write has returned, from the buffer of the file, which the next
     * write fills: Linux, {@code xenbus_dev_request_and_reply()}.
     */
    @Override
    public boolean isOneAtATime() {
        return true;
    }

    @Override
    public void write(byte[] bytes) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            long buffer = arena.allocate(bytes.length, Long.BYTES).address();
            HostMemory.copy(bytes, 0, buffer, bytes.length);
            int written = 0;
            while (written < bytes.length) {
                int result = CharacterDevice.write(device.number(), buffer + written, bytes.length - written);
                if (result < 0 && result != -Errno.EINTR) {
                    throw new IOException("write to xenbus: " + Errno.describe(-result));
                }
                written += Math.max(0, result);
            }
        }
    }

    @Override
    public void shutdown() {
        EventFd.signal(end.number());
    }

    @Override
    public void close() {
        device.close();
        end.close();
        poll.close();
    }
}
