package dev.isthmus.blk.app;

/**
 * The operator asked for something that cannot be meant. The message is one line and begins with the property's name.
 */
final class PropertyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    PropertyException(String property, String problem) {
        super(property + ": " + problem);
    }
}
