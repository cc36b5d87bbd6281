package dev.isthmus.net.uplink;

/** Limits of uplinks. */
final class Limits {
    /** UIO_MAXIOV of {@code include/uapi/linux/uio.h}: what readv(2) and writev(2) take at once. */
    static final int IOVECS_MAX = 1024;

    /** Header, Ethernet header with two tags, and what an interface is given at once: GSO_MAX_SIZE of Linux. */
    static final int FRAME_BYTES_MAX = UplinkQueue.HEADER_BYTES + 22 + 65_536;

    private Limits() {}
}
