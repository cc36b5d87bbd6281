package dev.isthmus.server;

/** Whether a device has a front-end. */
public enum ConnectionState {
    LISTENING,
    CONNECTED,
    /** Serves no more: closed, or its inherited connection has ended. */
    ENDED
}
