package dev.isthmus.frontend;

import dev.isthmus.linux.EventFd;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.OwnedFd;
import java.io.IOException;

/** A started vring: how to wake the back-end, and how to stop it. */
public final class FrontendVring implements AutoCloseable {
    private final Frontend frontend;
    private final int index;
    private final OwnedFd kick;
    private final OwnedFd err;
    private final int kickNumber;

    private FrontendVring(Frontend frontend, int index, OwnedFd kick, OwnedFd err) {
        this.frontend = frontend;
        this.index = index;
        this.kick = kick;
        this.err = err;
        this.kickNumber = kick.number();
    }

    static FrontendVring create(Frontend frontend, int index) throws LinuxException {
        OwnedFd kick = EventFd.create();
        try {
            return new FrontendVring(frontend, index, kick, EventFd.create());
        } catch (LinuxException e) {
            kick.close();
            throw e;
        }
    }

    public int index() {
        return index;
    }

    OwnedFd kickFd() {
        return kick;
    }

    OwnedFd err() {
        return err;
    }

    /** Wakes the back-end. One system call, allocates nothing; any thread, but not after closing. */
    public void kick() {
        EventFd.signal(kickNumber);
    }

    /** Whether the back-end has said that it gave up on this ring. */
    public boolean hasFailed() {
        return EventFd.count(err) > 0;
    }

    /** Readable once {@link #hasFailed}; a number for poll(2), not after closing. */
    public int errorDescriptor() {
        return err.number();
    }

    /**
     * Stops the vring: waits until the back-end has finished what it took. What it finished is in the used ring then;
     * what it never took it will not touch.
     *
     * @return the available index at which it would go on
     */
    public int stop() throws IOException {
        return frontend.stop(index);
    }

    /** Only our descriptors; the back-end keeps its own until it is stopped or disconnected. */
    @Override
    public void close() {
        kick.close();
        err.close();
    }
}
