package dev.isthmus.xen.app;

import java.util.Optional;

/** What either end of a device says about itself, {@code enum xenbus_state} of {@code public/io/xenbus.h}. */
enum XenbusState {
    UNKNOWN,
    INITIALISING,
    INIT_WAIT,
    INITIALISED,
    CONNECTED,
    CLOSING,
    CLOSED,
    RECONFIGURING,
    RECONFIGURED,
    /** Nothing that the header knows: a guest may write anything. */
    OTHER;

    /** A node that is not there is unknown too. */
    static XenbusState of(Optional<String> node) {
        String text = node.orElse("0");
        return text.length() == 1 && text.charAt(0) >= '0' && text.charAt(0) <= '8'
                ? values()[text.charAt(0) - '0']
                : OTHER;
    }

    /** As it is written. */
    String text() {
        if (this == OTHER) {
            throw new IllegalStateException("no state of ours");
        }
        return Integer.toString(ordinal());
    }
}
