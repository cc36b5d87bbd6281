package dev.isthmus.blk;

/** Request types: virtio 1.3, 5.2.6. The names are the driver's view: IN is a read, OUT a write. */
public enum BlkRequestType {
    IN(0),
    OUT(1),
    FLUSH(4),
    GET_ID(8),
    DISCARD(11),
    WRITE_ZEROES(13),
    /** Anything else; answered UNSUPP. */
    OTHER(-1);

    private final int code;

    BlkRequestType(int code) {
        this.code = code;
    }

    /** Hot path: no table, no allocation. */
    static BlkRequestType of(long code) {
        if (code == IN.code) {
            return IN;
        }
        if (code == OUT.code) {
            return OUT;
        }
        if (code == FLUSH.code) {
            return FLUSH;
        }
        if (code == GET_ID.code) {
            return GET_ID;
        }
        if (code == DISCARD.code) {
            return DISCARD;
        }
        return code == WRITE_ZEROES.code ? WRITE_ZEROES : OTHER;
    }
}
