package dev.isthmus.xen;

import dev.isthmus.linux.CharacterDevice;
import dev.isthmus.linux.Errno;
import dev.isthmus.linux.HostMemory;
import dev.isthmus.linux.NativeHeap;
import dev.isthmus.linux.OwnedFd;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The kernel's {@code /dev/xen/evtchn}: {@code include/uapi/xen/evtchn.h}. A read gives the ports that were notified,
 * u32 each, and masks them; a write of ports unmasks them. Closing its descriptor unbinds all.
 */
public final class EvtchnEventChannels implements EventChannels {
    private static final String DEVICE = "/dev/xen/evtchn";

    private static final long BIND_INTERDOMAIN = CharacterDevice.request('E', 1, 8);
    private static final long UNBIND = CharacterDevice.request('E', 3, 4);
    private static final long NOTIFY = CharacterDevice.request('E', 4, 4);

    /** Ports of one read; what does not fit stays for the next. */
    private static final int READ_PORTS = 64;

    /** A port, as an argument: one for each thread, as every thread may signal. */
    private static final ThreadLocal<MemorySegment> PORT =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(Integer.BYTES, Integer.BYTES));

    private final OwnedFd device;
    private final int number;
    private final long buffer;
    private boolean closed;

    private EvtchnEventChannels(OwnedFd device, long buffer) {
        this.device = device;
        this.number = device.number();
        this.buffer = buffer;
    }

    public static EvtchnEventChannels open() throws IOException {
        OwnedFd device = CharacterDevice.open(DEVICE, true);
        long buffer = NativeHeap.allocate((long) READ_PORTS * Integer.BYTES);
        if (buffer == NativeHeap.NONE) {
            device.close();
            throw new OutOfMemoryError("no memory for event channels");
        }
        return new EvtchnEventChannels(device, buffer);
    }

    @Override
    public int bind(int domain, int remotePort) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            long argument = arena.allocate(2L * Integer.BYTES, Integer.BYTES).address();
            HostMemory.putU32(argument, domain);
            HostMemory.putU32(argument + Integer.BYTES, remotePort);
            return CharacterDevice.ioctl(device, BIND_INTERDOMAIN, argument,
                    "bind event channel " + Integer.toUnsignedString(remotePort) + " of domain " + domain);
        }
    }

    @Override
    public void unbind(int port) {
        CharacterDevice.ioctl(number, UNBIND, argument(port));
    }

    @Override
    public void signal(int port) {
        // It fails when the port is not bound any more: then nobody waits for it.
        CharacterDevice.ioctl(number, NOTIFY, argument(port));
    }

    private static long argument(int port) {
        long argument = PORT.get().address();
        HostMemory.putU32(argument, port);
        return argument;
    }

    @Override
    public int pending(int[] ports) {
        int bytes = CharacterDevice.read(number, buffer, Math.min(READ_PORTS, ports.length) * Integer.BYTES);
        if (bytes < 0) {
            if (bytes == -Errno.EAGAIN || bytes == -Errno.EINTR) {
                return 0;
            }
            // EFBIG: more events than bound ports, which masking makes impossible.
            throw new IllegalStateException("read of " + DEVICE + ": " + Errno.describe(-bytes));
        }
        int count = bytes / Integer.BYTES;
        for (int i = 0; i < count; i++) {
            ports[i] = (int) HostMemory.u32(buffer + (long) i * Integer.BYTES);
        }
        return count;
    }

    @Override
    public void unmask(int port) {
        CharacterDevice.write(number, argument(port), Integer.BYTES);
    }

    @Override
    public int descriptor() {
        return number;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            device.close();
            NativeHeap.free(buffer);
        }
    }
}
