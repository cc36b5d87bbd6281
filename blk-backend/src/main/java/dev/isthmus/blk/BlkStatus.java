package dev.isthmus.blk;

/** The status byte: virtio 1.3, 5.2.6. */
public enum BlkStatus {
    OK(0),
    IOERR(1),
    UNSUPP(2);

    private final int code;

    BlkStatus(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }
}
