package dev.isthmus.server.management;

/** Where the management API listens. */
public sealed interface ManagementAddress {
    /** A Unix socket of mode 0600, which is removed at the end. */
    record Unix(String path) implements ManagementAddress {
        @Override
        public String toString() {
            return "unix:" + path;
        }
    }

    /**
     * A TCP port; port 0 lets the kernel choose. There is no authentication: for loopback, or a network that is
     * trusted.
     */
    record Tcp(String host, int port) implements ManagementAddress {
        @Override
        public String toString() {
            return "tcp:" + (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
        }
    }

    /** Nowhere. */
    record Off() implements ManagementAddress {
        @Override
        public String toString() {
            return "off";
        }
    }
}
