package dev.isthmus.net.app;

import dev.isthmus.server.options.Capabilities;

/**
 * The network back-end's process.
 *
 * <p>This class loads next to nothing until it knows what is wanted: a VMM or a management layer asks for the
 * capabilities of every back-end it finds, and waits for the answer.
 */
public final class NetBackend {
    /** QEMU, docs/interop/vhost-user.json: the schema knows no feature of a back-end of type "net". */
    static final String CAPABILITIES = "{\"type\":\"net\",\"features\":[]}";

    private NetBackend() {}

    /** Runs until a signal ends the process, or the last front-end of inherited connections went away. */
    public static void main(String[] args) {
        if (Capabilities.areAsked(args)) {
            System.out.println(CAPABILITIES);
            return;
        }
        NetMain.run(args);
    }
}
