package dev.isthmus.vhostuser;

/** A message of ours to the front-end, on the channel that SET_BACKEND_REQ_FD brought. */
public sealed interface BackendMessage {
    /** The device configuration space has changed; legal once CONFIG is negotiated. */
    record ConfigChange() implements BackendMessage {}

    /** Its code. */
    default BackendRequest kind() {
        return switch (this) {
            case ConfigChange() -> BackendRequest.CONFIG_CHANGE_MSG;
        };
    }
}
