package dev.isthmus.xen;

/** Types of xenstore messages, {@code enum xsd_sockmsg_type} of {@code public/io/xs_wire.h}; those that are used. */
enum XenstoreOperation {
    DIRECTORY(1),
    READ(2),
    WATCH(4),
    UNWATCH(5),
    TRANSACTION_START(6),
    TRANSACTION_END(7),
    WRITE(11),
    REMOVE(13),
    SET_PERMISSIONS(14),
    IS_DOMAIN_INTRODUCED(17),
    DIRECTORY_PART(22);

    /** What only the store sends. */
    static final int WATCH_EVENT = 15;

    static final int ERROR = 16;

    final int number;

    XenstoreOperation(int number) {
        this.number = number;
    }
}
