package dev.isthmus.memory;

/**
 * A memory region that cannot be taken; the message says which rule it breaks, and what to do where something can be
 * done.
 */
public final class MemoryException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String reason;

    private final Rule rule;

    MemoryException(Rule rule, String message) {
        super(message);
        this.reason = message;
        this.rule = rule;
    }

    /** The message. */
    public String reason() {
        return reason;
    }

    public Rule rule() {
        return rule;
    }

    /** What was broken. */
    public enum Rule {
        SIZE_ZERO,
        ADDRESS_OVERFLOW,
        OVERLAP,
        LARGER_THAN_FILE,
        NOT_SHARED_MEMORY,
        NOT_MAPPABLE,
        TOO_MANY,
        UNKNOWN_REGION,
        MISALIGNED
    }
}
