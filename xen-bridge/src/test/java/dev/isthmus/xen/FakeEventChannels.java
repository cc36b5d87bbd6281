package dev.isthmus.xen;

import dev.isthmus.linux.EventFd;
import dev.isthmus.linux.NativeHeap;
import dev.isthmus.linux.OwnedFd;
import java.io.IOException;

/** Event channels to {@link FakeDomain}s; an eventfd is what one sleeps on. */
public final class FakeEventChannels implements EventChannels {
    private static final int PORTS = 64;

    private final FakeXen xen;
    private final OwnedFd ready;
    private final long buffer = NativeHeap.allocate(8);

    /** By our port. */
    private final FakeDomain[] domains = new FakeDomain[PORTS];
    private final int[] remotePorts = new int[PORTS];
    private final boolean[] pending = new boolean[PORTS];
    private final boolean[] masked = new boolean[PORTS];
    private boolean closed;

    private FakeEventChannels(FakeXen xen, OwnedFd ready) {
        this.xen = xen;
        this.ready = ready;
    }

    static FakeEventChannels open(FakeXen xen) throws IOException {
        return new FakeEventChannels(xen, EventFd.create());
    }

    @Override
    public synchronized int bind(int domain, int remotePort) throws IOException {
        FakeDomain owner = xen.domain(domain);
        int port = 1;
        while (domains[port] != null) {
            port++;
        }
        if (owner == null || !owner.bind(remotePort, this, port)) {
            throw new IOException("domain " + domain + " has no port " + Integer.toUnsignedString(remotePort));
        }
        domains[port] = owner;
        remotePorts[port] = remotePort;
        masked[port] = false;
        pending[port] = true;
        EventFd.signal(ready.number());
        return port;
    }

    @Override
    public void unbind(int port) {
        FakeDomain owner;
        synchronized (this) {
            owner = domains[port];
            domains[port] = null;
            pending[port] = false;
        }
        if (owner != null) {
            owner.unbind(remotePorts[port]);
        }
    }

    @Override
    public void signal(int port) {
        FakeDomain owner;
        synchronized (this) {
            owner = domains[port];
        }
        if (owner != null) {
            owner.notified(remotePorts[port], this);
        }
    }

    @Override
    public synchronized int pending(int[] ports) {
        int count = 0;
        boolean more = false;
        for (int port = 0; port < PORTS; port++) {
            if (pending[port] && !masked[port]) {
                if (count < ports.length) {
                    pending[port] = false;
                    masked[port] = true;
                    ports[count++] = port;
                } else {
                    more = true;
                }
            }
        }
        if (!more) {
            EventFd.await(ready.number(), buffer);
        }
        return count;
    }

    @Override
    public synchronized void unmask(int port) {
        masked[port] = false;
        if (pending[port]) {
            EventFd.signal(ready.number());
        }
    }

    @Override
    public int descriptor() {
        return ready.number();
    }

    /** The other end notified us. */
    synchronized void notified(int port) {
        if (!closed && domains[port] != null) {
            pending[port] = true;
            if (!masked[port]) {
                EventFd.signal(ready.number());
            }
        }
    }

    public synchronized boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        for (int port = 0; port < PORTS; port++) {
            unbind(port);
        }
        synchronized (this) {
            if (!closed) {
                closed = true;
                ready.close();
                NativeHeap.free(buffer);
            }
        }
    }
}
