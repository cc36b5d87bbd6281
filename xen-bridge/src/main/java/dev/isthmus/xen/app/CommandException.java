package dev.isthmus.xen.app;

/** A command cannot be done, for a reason that is the operator's: one line that says it. */
final class CommandException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CommandException(String message) {
        super(message);
    }
}
