package dev.isthmus.loop;

import io.netty.channel.IoRegistration;

/** A descriptor being watched; owned by the worker. */
public final class Watch implements AutoCloseable {
    private final IoRegistration registration;

    Watch(IoRegistration registration) {
        this.registration = registration;
    }

    /** Stops watching; to be called before the descriptor is closed. */
    @Override
    public void close() {
        registration.cancel();
    }
}
