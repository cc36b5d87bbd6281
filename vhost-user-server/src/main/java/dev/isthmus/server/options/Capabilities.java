package dev.isthmus.server.options;

/**
 * What a management layer asks every back-end it finds, and waits for; so this class loads nothing but itself.
 */
public final class Capabilities {
    private Capabilities() {}

    /** Vhost-user specification, Backend program conventions: all other options are ignored. */
    public static boolean areAsked(String[] args) {
        for (String argument : args) {
            if (argument.equals("--print-capabilities")) {
                return true;
            }
        }
        return false;
    }
}
