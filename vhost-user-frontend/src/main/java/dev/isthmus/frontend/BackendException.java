package dev.isthmus.frontend;

import java.io.IOException;

/** The back-end broke a rule, refused, went away or did not answer in time. The connection is of no use any more. */
public final class BackendException extends IOException {
    private static final long serialVersionUID = 1L;

    BackendException(String what) {
        super(what);
    }
}
