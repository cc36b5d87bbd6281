package dev.isthmus.vring;

import java.io.IOException;

/** The device could not start for its first ring: an error of the world, not the front-end's. */
public final class DeviceStartException extends IOException {
    private static final long serialVersionUID = 1L;

    DeviceStartException(IOException cause) {
        super(cause.getMessage(), cause);
    }
}
