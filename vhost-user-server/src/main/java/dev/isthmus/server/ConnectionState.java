package dev.isthmus.server;

/** Whether a device has a front-end. */
public enum ConnectionState {
    LISTENING,
    /** Tries to reach its front-end, which is the one that listens. */
    CONNECTING,
    CONNECTED,
    /** Serves no more: closed, or its inherited connection has ended. */
    ENDED
}
