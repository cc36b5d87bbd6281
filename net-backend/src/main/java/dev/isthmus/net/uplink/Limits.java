package dev.isthmus.net.uplink;

/** Limits of uplinks. */
final class Limits {
    /** UIO_MAXIOV of {@code include/uapi/linux/uio.h}: what readv(2) and writev(2) take at once. */
    static final int IOVECS_MAX = 1024;

    private Limits() {}
}
