package dev.isthmus.blk.store.volume;

import java.util.regex.Pattern;

/** What volumes and snapshots may be called: nothing that could be a path, an option, or a file of our own. */
public final class VolumeName {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,62}");

    private VolumeName() {}

    static boolean isValid(String name) {
        return NAME.matcher(name).matches();
    }

    /**
     * {@code name} itself.
     *
     * @throws VolumeException if it cannot be one
     */
    public static String check(String name) throws VolumeException {
        if (!isValid(name)) {
            throw new VolumeException("\"" + name + "\" is no name: 1 to 63 letters, digits, _ . and -, and one of the"
                    + " first two at the beginning");
        }
        return name;
    }
}
