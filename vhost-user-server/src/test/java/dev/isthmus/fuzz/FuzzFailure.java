package dev.isthmus.fuzz;

/** A case that did what it may not; names what repeats it. */
public final class FuzzFailure extends AssertionError {
    private static final long serialVersionUID = 1L;

    public FuzzFailure(String part, long seed, long stream, Throwable cause) {
        super(part + ", seed " + seed + ", stream " + stream + ": " + cause, cause);
    }
}
