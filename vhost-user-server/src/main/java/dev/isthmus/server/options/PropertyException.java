package dev.isthmus.server.options;

/**
 * The operator asked for something that cannot be meant. The message is one line and begins with the property's name.
 */
public final class PropertyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public PropertyException(String property, String problem) {
        super(property + ": " + problem);
    }
}
