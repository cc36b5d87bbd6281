package dev.isthmus.blk.app;

/**
 * The block back-end's process.
 *
 * <p>This class loads nothing but itself until it knows what is wanted: a VMM or a management layer asks for the
 * capabilities of every back-end it finds, and waits for the answer.
 */
public final class BlkBackend {
    /** QEMU, docs/interop/vhost-user.json: what a back-end of type "block" can say it does. */
    static final String CAPABILITIES = "{\"type\":\"block\",\"features\":[\"read-only\",\"blk-file\"]}";

    private BlkBackend() {}

    /** Runs until a signal ends the process, or the last front-end of inherited connections went away. */
    public static void main(String[] args) {
        // vhost-user specification, Backend program conventions: all other options are ignored.
        if (printsCapabilities(args)) {
            System.out.println(CAPABILITIES);
            return;
        }
        BlkMain.run(args);
    }

    static boolean printsCapabilities(String[] args) {
        for (String argument : args) {
            if (argument.equals("--print-capabilities")) {
                return true;
            }
        }
        return false;
    }
}
