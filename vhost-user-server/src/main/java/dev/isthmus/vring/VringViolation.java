package dev.isthmus.vring;

/** The front-end configured a vring in a way it may not; the message names what was wrong. */
public final class VringViolation extends Exception {
    private static final long serialVersionUID = 1L;

    private final String reason;

    VringViolation(String message) {
        super(message);
        this.reason = message;
    }

    /** The message. */
    public String reason() {
        return reason;
    }
}
