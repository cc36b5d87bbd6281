package dev.isthmus.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * The C library's functions, one method each, under their own names.
 *
 * <p>Every method returns the function's result, or {@code -errno}. Pointers travel as {@code long}, so a call
 * allocates nothing. No call is {@code critical}: most of these may block, and a blocked critical call would stop
 * garbage collection.
 */
final class Libc {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout CAPTURE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = CAPTURE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    /** Where a downcall of this thread leaves errno. */
    private static final ThreadLocal<MemorySegment> CAPTURED =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(CAPTURE));

    // int accept4(int, struct sockaddr *, socklen_t *, int)
    private static final MethodHandle ACCEPT4 = function("accept4", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);
    // int bind(int, const struct sockaddr *, socklen_t)
    private static final MethodHandle BIND = function("bind", JAVA_INT, JAVA_LONG, JAVA_INT);
    private static final MethodHandle CLOSE = function("close", JAVA_INT);
    private static final MethodHandle CONNECT = function("connect", JAVA_INT, JAVA_LONG, JAVA_INT);
    private static final MethodHandle EVENTFD = function("eventfd", JAVA_INT, JAVA_INT);
    private static final MethodHandle FALLOCATE = function("fallocate", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
    // int fcntl(int, int, ...)
    private static final MethodHandle FCNTL = variadic(2, "fcntl", JAVA_INT, JAVA_INT, JAVA_LONG);
    private static final MethodHandle FDATASYNC = function("fdatasync", JAVA_INT);
    private static final MethodHandle FLOCK = function("flock", JAVA_INT, JAVA_INT);
    private static final MethodHandle FSTATFS = function("fstatfs", JAVA_INT, JAVA_LONG);
    private static final MethodHandle FTRUNCATE = function("ftruncate", JAVA_INT, JAVA_LONG);
    private static final MethodHandle GETTID = link("gettid", FunctionDescriptor.of(JAVA_INT));
    // int getsockopt(int, int, int, void *, socklen_t *)
    private static final MethodHandle GETSOCKOPT =
            function("getsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
    // int ioctl(int, unsigned long, ...)
    private static final MethodHandle IOCTL = variadic(2, "ioctl", JAVA_INT, JAVA_LONG, JAVA_LONG);
    // void free(void *)
    private static final MethodHandle FREE = link("free", FunctionDescriptor.ofVoid(JAVA_LONG));
    // void *malloc(size_t)
    private static final MethodHandle MALLOC = link("malloc", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG));
    private static final MethodHandle LISTEN = function("listen", JAVA_INT, JAVA_INT);
    private static final MethodHandle MADVISE = function("madvise", JAVA_LONG, JAVA_LONG, JAVA_INT);
    private static final MethodHandle MEMFD_CREATE = function("memfd_create", JAVA_LONG, JAVA_INT);
    // void *mmap(void *, size_t, int, int, int, off_t)
    private static final MethodHandle MMAP =
            functionOfLong("mmap", JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
    private static final MethodHandle MUNMAP = function("munmap", JAVA_LONG, JAVA_LONG);
    // int open(const char *, int, ...)
    private static final MethodHandle OPEN = variadic(2, "open", JAVA_LONG, JAVA_INT, JAVA_INT);
    private static final MethodHandle POLL = function("poll", JAVA_LONG, JAVA_LONG, JAVA_INT);
    // ssize_t preadv2(int, const struct iovec *, int, off_t, int)
    private static final MethodHandle LSEEK = functionOfLong("lseek", JAVA_INT, JAVA_LONG, JAVA_INT);
    private static final MethodHandle PREADV2 =
            functionOfLong("preadv2", JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
    private static final MethodHandle PWRITEV2 =
            functionOfLong("pwritev2", JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
    private static final MethodHandle READ = functionOfLong("read", JAVA_INT, JAVA_LONG, JAVA_LONG);
    // ssize_t readlink(const char *, char *, size_t)
    private static final MethodHandle READLINK = functionOfLong("readlink", JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle RECVMSG = functionOfLong("recvmsg", JAVA_INT, JAVA_LONG, JAVA_INT);
    private static final MethodHandle SCHED_GETAFFINITY =
            function("sched_getaffinity", JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle SCHED_SETAFFINITY =
            function("sched_setaffinity", JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle SENDMSG = functionOfLong("sendmsg", JAVA_INT, JAVA_LONG, JAVA_INT);
    // int setsockopt(int, int, int, const void *, socklen_t)
    private static final MethodHandle SETSOCKOPT =
            function("setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT);
    private static final MethodHandle SHUTDOWN = function("shutdown", JAVA_INT, JAVA_INT);
    private static final MethodHandle SOCKET = function("socket", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle SOCKETPAIR = function("socketpair", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
    // int statx(int, const char *, int, unsigned int, struct statx *)
    private static final MethodHandle STATX = function("statx", JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG);
    private static final MethodHandle WRITE = functionOfLong("write", JAVA_INT, JAVA_LONG, JAVA_LONG);

    /** Not linked with the rest. */
    private static final class Seldom {
        // long syscall(long, ...)
        static final MethodHandle SYSCALL =
                link("syscall", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
                        Linker.Option.captureCallState("errno"), Linker.Option.firstVariadicArg(1));
    }

    private Libc() {}

    static int accept4(int fd, int flags) {
        MemorySegment captured = CAPTURED.get();
        try {
            return result((int) ACCEPT4.invokeExact(captured, fd, 0L, 0L, flags), captured);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    static int bind(int fd, long address, int length) {
        MemorySegment captured = CAPTURED.get();
        try {
            return result((int) BIND.invokeExact(captured, fd, address, length), captured);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    static int close(int fd) {
        MemorySegment captured = CAPTURED.get();
        try {
            return result((int) CLOSE.invokeExact(captured, fd), captured);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    static int connect(int fd, long address, int length) {
        MemorySegment captured = CAPTURED.get();
        try {
            return result((int) CONNECT.invokeExact(captured, fd, address, length), captured);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    static int eventfd(int initial, int flags) {
        MemorySegment captured = CAPTURED.get();
        try {
            return result((int) EVENTFD.invokeExact(captured, initial, flags), captured);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    static long lseek(int fd, long offset, int whence) {
        MemorySegment captured = CAPTURED.get();
        try {
            return result((long) LSEEK.invokeExact(captured, fd, offset, whence), captured);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    static int fallocate(int fd, int mode, long offset, long length) {
        MemorySegment captured = CAPTURED.get();
        try {
            return result((int) FALLOCATE.invokeExact(captured, fd, mode, offset, length), captured);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    static int fcntl(int fd, int command, long argument) {
        MemorySegment captured = CAPTURED.get();
        try {
            return result((int) FCNTL.invokeExact(captured, fd, command, argument), captured);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    static int fdatasync(int fd) {
        MemorySegment captured = CAPTURED.get();
        try {
            return result((int) FDATASYNC.invokeExact(captured, fd), captured);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    static int flock(int fd, int operation) {
        MemorySegment captured = CAPTURED.get();
        try {
            return result((int) FLOCK.invokeExact(captured, fd, operation), captured);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    static int fstatfs(int fd, long buffer) {
        MemorySegment captured = CAPTURED.get();
        try {
            return result((int) FSTATFS.invokeExact(captured, fd, buffer), captured);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    static int ftruncate(int fd, long length) {
        MemorySegment captured = CAPTURED.get();
        try {
            return result((int) FTRUNCATE.invokeExact(captured, fd, length), captured);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    static int getsockopt(int fd, int level, int option, long value, long length) {
        MemorySegment captured = CAPTURED.get();
        try {
            return result((int) GETSOCKOPT.invokeExact(captured, fd, level, option, value, length), captured);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    static int gettid() {
        try {
            return (int) GETTID.invokeExact();
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    /** By its number, as the C library has no function of this name; linked when it is first asked for. */
    static int ioUringSetup(int entries, long params) {
        MemorySegment captured = CAPTURED.get();
        try {
            long fd = (long) Seldom.SYSCALL.invokeExact(captured, Constants.SYS_IO_URING_SETUP, (long) entries, params);
            return (int) result(fd, captured);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    static int ioctl(int fd, long request, long argument) {
        MemorySegment captured = CAPTURED.get();
        try {
            return result((int) IOCTL.invokeExact(captured, fd, request, argument), captured);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    static int listen(int fd, int backlog) {
        MemorySegment captured = CAPTURED.get();
        try {
            return result((int) LISTEN.invokeExact(captured, fd, backlog), captured);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    static int madvise(long address, long length, int advice) {
        MemorySegment captured = CAPTURED.get();
        try {
            return result((int) MADVISE.invokeExact(captured, address, length, advice), captured);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    /** 0 when there is no memory. */
    static long malloc(long size) {
        try {
            return (long) MALLOC.invokeExact(size);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    static void free(long address) {
        try {
            FREE.invokeExact(address);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    static int memfdCreate(long name, int flags) {
        MemorySegment captured = CAPTURED.get();
        try {
            return result((int) MEMFD_CREATE.invokeExact(captured, name, flags), captured);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    static long mmap(long length, int protection, int flags, int fd, long offset) {
        MemorySegment captured = CAPTURED.get();
        try {
            return result((long) MMAP.invokeExact(captured, 0L, length, protection, flags, fd, offset), captured);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    static int munmap(long address, long length) {
        MemorySegment captured = CAPTURED.get();
        try {
            return result((int) MUNMAP.invokeExact(captured, address, length), captured);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    static int open(long path, int flags, int mode) {
        MemorySegment captured = CAPTURED.get();
        try {
            return result((int) OPEN.invokeExact(captured, path, flags, mode), captured);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    static int poll(long descriptors, long count, int timeoutMillis) {
        MemorySegment captured = CAPTURED.get();
        try {
            return result((int) POLL.invokeExact(captured, descriptors, count, timeoutMillis), captured);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    static long preadv2(int fd, long iovec, int count, long offset, int flags) {
        MemorySegment captured = CAPTURED.get();
        try {
            return result((long) PREADV2.invokeExact(captured, fd, iovec, count, offset, flags), captured);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    static long pwritev2(int fd, long iovec, int count, long offset, int flags) {
        MemorySegment captured = CAPTURED.get();
        try {
            return result((long) PWRITEV2.invokeExact(captured, fd, iovec, count, offset, flags), captured);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    static long read(int fd, long buffer, long length) {
        MemorySegment captured = CAPTURED.get();
        try {
            return result((long) READ.invokeExact(captured, fd, buffer, length), captured);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    static long readlink(long path, long buffer, long length) {
        MemorySegment captured = CAPTURED.get();
        try {
            return result((long) READLINK.invokeExact(captured, path, buffer, length), captured);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    static long recvmsg(int fd, long message, int flags) {
        MemorySegment captured = CAPTURED.get();
        try {
            return result((long) RECVMSG.invokeExact(captured, fd, message, flags), captured);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    static int schedGetaffinity(int thread, long size, long mask) {
        MemorySegment captured = CAPTURED.get();
        try {
            return result((int) SCHED_GETAFFINITY.invokeExact(captured, thread, size, mask), captured);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    static int schedSetaffinity(int thread, long size, long mask) {
        MemorySegment captured = CAPTURED.get();
        try {
            return result((int) SCHED_SETAFFINITY.invokeExact(captured, thread, size, mask), captured);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    static long sendmsg(int fd, long message, int flags) {
        MemorySegment captured = CAPTURED.get();
        try {
            return result((long) SENDMSG.invokeExact(captured, fd, message, flags), captured);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    static int setsockopt(int fd, int level, int option, long value, int length) {
        MemorySegment captured = CAPTURED.get();
        try {
            return result((int) SETSOCKOPT.invokeExact(captured, fd, level, option, value, length), captured);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    static int shutdown(int fd, int how) {
        MemorySegment captured = CAPTURED.get();
        try {
            return result((int) SHUTDOWN.invokeExact(captured, fd, how), captured);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    static int socket(int domain, int type, int protocol) {
        MemorySegment captured = CAPTURED.get();
        try {
            return result((int) SOCKET.invokeExact(captured, domain, type, protocol), captured);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    static int socketpair(int domain, int type, int protocol, long pair) {
        MemorySegment captured = CAPTURED.get();
        try {
            return result((int) SOCKETPAIR.invokeExact(captured, domain, type, protocol, pair), captured);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    static int statx(int directory, long path, int flags, int mask, long buffer) {
        MemorySegment captured = CAPTURED.get();
        try {
            return result((int) STATX.invokeExact(captured, directory, path, flags, mask, buffer), captured);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    static long write(int fd, long buffer, long length) {
        MemorySegment captured = CAPTURED.get();
        try {
            return result((long) WRITE.invokeExact(captured, fd, buffer, length), captured);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    private static int result(int result, MemorySegment captured) {
        return result != -1 ? result : -(int) ERRNO.get(captured, 0L);
    }

    private static long result(long result, MemorySegment captured) {
        return result != -1 ? result : -(int) ERRNO.get(captured, 0L);
    }

    private static AssertionError impossible(Throwable t) {
        return new AssertionError("a downcall does not throw", t);
    }

    private static MethodHandle function(String name, MemoryLayout... arguments) {
        return link(name, FunctionDescriptor.of(JAVA_INT, arguments), Linker.Option.captureCallState("errno"));
    }

    private static MethodHandle functionOfLong(String name, MemoryLayout... arguments) {
        return link(name, FunctionDescriptor.of(JAVA_LONG, arguments), Linker.Option.captureCallState("errno"));
    }

    private static MethodHandle variadic(int fixed, String name, MemoryLayout... arguments) {
        return link(name, FunctionDescriptor.of(JAVA_INT, arguments), Linker.Option.captureCallState("errno"),
                Linker.Option.firstVariadicArg(fixed));
    }

    @SuppressWarnings("restricted") // this package is where native access is meant to be
    private static MethodHandle link(String name, FunctionDescriptor descriptor, Linker.Option... options) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), descriptor, options);
    }
}
