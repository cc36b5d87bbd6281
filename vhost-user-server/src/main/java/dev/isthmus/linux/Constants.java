package dev.isthmus.linux;

/** Numbers of the kernel's interface that are used inside this package. The source is named beside each group. */
final class Constants {
    // include/uapi/asm-generic/fcntl.h
    static final int O_RDONLY = 0;
    static final int O_RDWR = 2;
    static final int O_CREAT = 0x40;
    static final int O_NONBLOCK = 0x800;
    static final int O_CLOEXEC = 0x80000;
    /** The one flag here that differs: arch/arm64/include/uapi/asm/fcntl.h has another value than asm-generic. */
    static final int O_DIRECT = System.getProperty("os.arch", "").equals("aarch64") ? 0x10000 : 0x4000;

    static final int F_GETFL = 3;
    static final int F_OFD_GETLK = 36;
    static final int F_OFD_SETLK = 37;
    static final short F_RDLCK = 0;
    static final short F_WRLCK = 1;
    static final short F_UNLCK = 2;
    // include/uapi/linux/fcntl.h
    static final int F_DUPFD_CLOEXEC = 1030;
    static final int F_ADD_SEALS = 1033;
    static final int F_SEAL_SEAL = 1;
    static final int F_SEAL_SHRINK = 2;
    static final int F_SEAL_GROW = 4;
    static final int AT_EMPTY_PATH = 0x1000;
    static final int AT_STATX_DONT_SYNC = 0x4000;
    static final int LOCK_EX = 2;
    static final int LOCK_NB = 4;

    // include/linux/socket.h; include/uapi/asm-generic/socket.h
    static final int AF_UNIX = 1;
    static final int SOCK_STREAM = 1;
    static final int SOCK_DGRAM = 2;
    static final int SOCK_CLOEXEC = 0x80000;
    static final int SOL_SOCKET = 1;
    static final int SO_SNDTIMEO = 21;
    static final int SO_ACCEPTCONN = 30;
    static final int SCM_RIGHTS = 1;
    static final int MSG_CTRUNC = 0x8;
    static final int MSG_NOSIGNAL = 0x4000;
    static final int MSG_CMSG_CLOEXEC = 0x40000000;
    static final int SHUT_RD = 0;
    static final int SHUT_RDWR = 2;

    // include/uapi/asm-generic/mman-common.h, include/uapi/linux/mman.h
    static final int PROT_READ = 1;
    static final int PROT_WRITE = 2;
    static final int MAP_SHARED = 1;
    static final int MADV_DONTDUMP = 16;

    // include/uapi/asm-generic/poll.h
    static final short POLLIN = 1;
    static final short POLLOUT = 4;

    // include/uapi/linux/stat.h
    static final int STATX_SIZE = 0x200;
    static final int STATX_BASIC_STATS = 0x7ff;
    static final int STATX_DIOALIGN = 0x2000;

    // include/uapi/linux/eventfd.h
    static final int EFD_CLOEXEC = 0x80000;
    static final int EFD_NONBLOCK = 0x800;

    // include/uapi/linux/memfd.h
    static final int MFD_CLOEXEC = 1;
    static final int MFD_ALLOW_SEALING = 2;

    // include/uapi/asm-generic/unistd.h and arch/x86/entry/syscalls/syscall_64.tbl: the same
    static final long SYS_IO_URING_SETUP = 425;

    private Constants() {}
}
