package dev.isthmus.blk.store;

import dev.isthmus.linux.Errno;
import dev.isthmus.linux.FileIo;
import dev.isthmus.linux.HostMemory;

/**
 * Moves all bytes between an iovec array and a file, however often the kernel stops short of the end.
 *
 * <p>Only system calls touch the buffers, so guest memory that vanished is EFAULT here and not a fault of this process.
 * Any thread.
 */
final class Transfer {
    /** A read met the end of the file: somebody cut it off. ENODATA, include/uapi/asm-generic/errno.h. */
    static final int ENODATA = 61;

    private Transfer() {}

    /** Reads {@code length} bytes; eats up the iovec array. 0 or {@code -errno}. */
    static int read(int fd, long iovec, int count, long offset, long length) {
        return move(false, fd, iovec, count, offset, length);
    }

    /** Writes {@code length} bytes; eats up the iovec array. 0 or {@code -errno}. */
    static int write(int fd, long iovec, int count, long offset, long length) {
        return move(true, fd, iovec, count, offset, length);
    }

    private static int move(boolean write, int fd, long iovec, int count, long offset, long length) {
        long entry = iovec;
        long end = iovec + (long) count * FileIo.IOVEC_BYTES;
        long done = 0;
        while (done < length) {
            entry = skipEmpty(entry, end);
            int entries = entries(entry, end);
            long moved = write
                    ? FileIo.write(fd, entry, entries, offset + done, 0)
                    : FileIo.read(fd, entry, entries, offset + done, 0);
            if (moved > 0) {
                done += moved;
                entry = advance(entry, moved);
            } else if (moved == 0) {
                return stuck(write);
            } else if (moved != -Errno.EINTR) {
                return (int) moved;
            }
        }
        return 0;
    }

    /** What it means that a call moved nothing. */
    static int stuck(boolean write) {
        return write ? -Errno.EIO : -ENODATA;
    }

    static int entries(long entry, long end) {
        return (int) Math.min((end - entry) / FileIo.IOVEC_BYTES, FileIo.IOVEC_MAX);
    }

    /** Entries without bytes are left out, or a call that got nothing but such would look like the end of the file. */
    static long skipEmpty(long entry, long end) {
        long e = entry;
        while (e < end && HostMemory.u64(e + 8) == 0) {
            e += FileIo.IOVEC_BYTES;
        }
        if (e >= end) {
            throw new IllegalArgumentException("iovec array holds fewer bytes than the request");
        }
        return e;
    }

    /** Takes {@code moved} bytes off the front; returns the first entry that still has some. */
    static long advance(long entry, long moved) {
        long e = entry;
        long left = moved;
        while (left > 0) {
            long length = HostMemory.u64(e + 8);
            if (left < length) {
                HostMemory.putU64(e, HostMemory.u64(e) + left);
                HostMemory.putU64(e + 8, length - left);
                return e;
            }
            left -= length;
            e += FileIo.IOVEC_BYTES;
        }
        return e;
    }
}
