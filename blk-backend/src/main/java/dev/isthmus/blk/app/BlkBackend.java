package dev.isthmus.blk.app;

import dev.isthmus.server.options.Capabilities;

/**
 * The block back-end's process.
 *
 * <p>This class loads next to nothing until it knows what is wanted: a VMM or a management layer asks for the
 * capabilities of every back-end it finds, and waits for the answer.
 */
public final class BlkBackend {
    /** QEMU, docs/interop/vhost-user.json: what a back-end of type "block" can say it does. */
    static final String CAPABILITIES = "{\"type\":\"block\",\"features\":[\"read-only\",\"blk-file\"]}";

    private BlkBackend() {}

    /** Runs until a signal ends the process, or the last front-end of inherited connections went away. */
    public static void main(String[] args) {
        if (Capabilities.areAsked(args)) {
            System.out.println(CAPABILITIES);
            return;
        }
        BlkMain.run(args);
    }
}
