package dev.isthmus.xen;

import java.io.IOException;

/** The store refused something; carries the name of the error, {@code xsd_errors} of {@code public/io/xs_wire.h}. */
public final class XenstoreException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String error;

    XenstoreException(String what, String error) {
        super(what + ": " + error);
        this.error = error;
    }

    /** Such as {@code EACCES}. */
    public String error() {
        return error;
    }
}
