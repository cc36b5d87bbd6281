package dev.isthmus.loop;

/** Limits of a worker's loop: memory that is there whether it is used or not. */
final class Limits {
    /** Submissions that wait for a turn's end; a full queue is handed over early. 64 bytes each. */
    static final int RING_ENTRIES = 128;

    /** Events that wait for us: requests in flight, and kicks. 16 bytes each. */
    static final int COMPLETION_ENTRIES = 1024;

    /** File I/O in flight, a power of two: leaves half of the events to kicks. Below 32768 for Netty's sake. */
    static final int FILE_REQUESTS_MAX = 512;

    /**
     * New file I/O that is not kept back for the sake of a system call: the disk can begin while more is taken. As many
     * as a ring's turn makes.
     */
    static final int FILE_REQUESTS_KEPT_BACK = 8;

    /** Threads of the kernel, per ring, for file I/O that would block the submitter. */
    static final int KERNEL_THREADS = 4;

    /** Descriptors whose events one call fetches; more come with the next. 12 bytes each. */
    static final int EPOLL_EVENTS = 64;

    private Limits() {}
}
