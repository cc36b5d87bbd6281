package dev.isthmus.xen.app;

import dev.isthmus.xen.Xenstore;
import java.io.IOException;

/** Reads what a guest wrote, who may write anything; what is wrong is an {@link IOException} that says so. */
record GuestNodes(Xenstore store) {
    /** In a log line of somebody else's words. */
    private static final int SHOWN_CHARACTERS = 40;

    boolean exists(String path) throws IOException {
        return store.read(path).isPresent();
    }

    int between(int lowest, int highest, String path, int otherwise) throws IOException {
        if (!exists(path)) {
            return otherwise;
        }
        int number = number(path);
        if (number < lowest || number > highest) {
            throw new IOException("the guest's " + path + " is " + Integer.toUnsignedString(number) + ", not "
                    + lowest + " to " + highest);
        }
        return number;
    }

    /** An u32. */
    int number(String path) throws IOException {
        String text = store.read(path).orElseThrow(() -> new IOException("the guest wrote no " + path));
        try {
            return Integer.parseUnsignedInt(text);
        } catch (NumberFormatException e) {
            throw new IOException("the guest's " + path + " is " + quote(text) + ", no number", e);
        }
    }

    /** What is not there is not set. */
    boolean isSet(String path) throws IOException {
        return between(0, 1, path, 0) == 1;
    }

    static String quote(String text) {
        String shown = text.length() > SHOWN_CHARACTERS ? text.substring(0, SHOWN_CHARACTERS) + "..." : text;
        return "\"" + shown.replaceAll("[^ -~]", "?") + "\"";
    }
}
