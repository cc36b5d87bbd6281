package dev.isthmus.vring;

import dev.isthmus.linux.OwnedFd;
import dev.isthmus.virtqueue.SplitAddresses;
import org.jspecify.annotations.Nullable;

/** What the front-end has told about one vring so far. Owned by the session's thread, and owner of the descriptors. */
final class VringSetup {
    final int index;
    int size;
    int base;
    @Nullable
    SplitAddresses addresses;
    RingState state = RingState.INITIAL;
    /** Whether SET_VRING_KICK has come since the ring was stopped; {@link #kick} may be missing all the same. */
    boolean kicked;

    private @Nullable OwnedFd kick;
    private @Nullable OwnedFd call;
    private @Nullable OwnedFd err;

    VringSetup(int index) {
        this.index = index;
    }

    @Nullable
    OwnedFd kick() {
        return kick;
    }

    @Nullable
    OwnedFd call() {
        return call;
    }

    @Nullable
    OwnedFd err() {
        return err;
    }

    /** Takes ownership; returns the one before, which the caller closes when the worker has let go of it. */
    @Nullable
    OwnedFd exchangeKick(@Nullable OwnedFd fd) {
        OwnedFd old = kick;
        kick = fd;
        return old;
    }

    @Nullable
    OwnedFd exchangeCall(@Nullable OwnedFd fd) {
        OwnedFd old = call;
        call = fd;
        return old;
    }

    @Nullable
    OwnedFd exchangeErr(@Nullable OwnedFd fd) {
        OwnedFd old = err;
        err = fd;
        return old;
    }

    boolean isReady() {
        return kicked && size > 0 && addresses != null;
    }

    /** GET_VRING_BASE: the next start needs a new kick. */
    void stopped(int newBase) {
        base = newBase;
        kicked = false;
        state = state.onGetVringBase();
        close(exchangeKick(null));
    }

    void closeDescriptors() {
        close(exchangeKick(null));
        close(exchangeCall(null));
        close(exchangeErr(null));
    }

    static void close(@Nullable OwnedFd fd) {
        if (fd != null) {
            fd.close();
        }
    }
}
