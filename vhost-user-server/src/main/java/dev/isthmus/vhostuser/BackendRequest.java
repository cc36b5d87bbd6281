package dev.isthmus.vhostuser;

/** What we may send to the front-end: the vhost-user specification, "Back-end message types". Codes of their own. */
public enum BackendRequest {
    CONFIG_CHANGE_MSG(2);

    private final int code;

    BackendRequest(int code) {
        this.code = code;
    }

    /** The number in the header. */
    public int code() {
        return code;
    }
}
