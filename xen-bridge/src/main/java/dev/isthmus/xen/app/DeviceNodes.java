package dev.isthmus.xen.app;

import dev.isthmus.xen.Xenstore;
import java.io.IOException;
import java.util.Optional;

/**
 * What xenstore says about a device at one moment.
 *
 * @param frontend the directory of the guest's end; empty when there is no such device (any more)
 * @param online whether the toolstack wants it to come back after the guest has closed it
 * @param backendState ours, though a toolstack writes it too: 1 in the beginning, 5 to ask for its end
 * @param frontendState the guest's
 */
record DeviceNodes(String frontend, boolean online, XenbusState backendState, XenbusState frontendState) {
    static DeviceNodes read(Xenstore store, String backend) throws IOException {
        Optional<String> frontend = store.read(backend + "/frontend");
        if (frontend.isEmpty() || frontend.get().isEmpty()) {
            return new DeviceNodes("", false, XenbusState.UNKNOWN, XenbusState.UNKNOWN);
        }
        return new DeviceNodes(frontend.get(), store.read(backend + "/online").orElse("0").equals("1"),
                XenbusState.of(store.read(backend + "/state")),
                XenbusState.of(store.read(frontend.get() + "/state")));
    }

    boolean exists() {
        return !frontend.isEmpty();
    }

    /**
     * Whether there is anybody to serve, or will be.
     *
     * <pre>
     *   back-end says              and the front-end
     *   initialising ... waits     has not given up, and the device is online
     *   connected, closing         is connected, or closing and so perhaps busy still: somebody served it before us;
     *                              or it begins anew without having closed
     *   closed                     begins anew, and the device is online
     * </pre>
     *
     * @param serving what to say while the front-end says nothing that anybody understands
     */
    boolean wantsDevice(boolean serving) {
        boolean begins = frontendState == XenbusState.INITIALISING || frontendState == XenbusState.INIT_WAIT;
        boolean connected = frontendState == XenbusState.INITIALISED || frontendState == XenbusState.CONNECTED;
        if (frontendState.compareTo(XenbusState.CLOSED) > 0) {
            return serving;
        }
        return switch (backendState) {
            case INITIALISING, INIT_WAIT, INITIALISED -> online && frontendState != XenbusState.CLOSED;
            case CONNECTED -> connected || frontendState == XenbusState.CLOSING || online && begins;
            case CLOSING -> connected || frontendState == XenbusState.CLOSING;
            case CLOSED -> online && (begins || connected);
            case UNKNOWN, RECONFIGURING, RECONFIGURED, OTHER -> false;
        };
    }
}
