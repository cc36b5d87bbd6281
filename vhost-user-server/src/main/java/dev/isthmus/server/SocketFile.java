package dev.isthmus.server;

import dev.isthmus.linux.Errno;
import dev.isthmus.linux.FileIo;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.OwnedFd;
import dev.isthmus.linux.UnixListener;
import dev.isthmus.linux.UnixSocket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * A listening socket and its place in the file system.
 *
 * <p>A crash leaves the socket's file behind, and nothing tells a dead one from a live one but trying, which two
 * processes could do at the same time. So whoever wants the place first locks the file {@code <socket>.lock} beside it;
 * the kernel drops that lock with the process. The lock's file stays: removing it would be a race of its own.
 */
final class SocketFile implements AutoCloseable {
    /** inode(7): S_IFMT and S_IFSOCK. */
    private static final int TYPE_MASK = 0xf000;
    private static final int TYPE_SOCKET = 0xc000;

    private final Path path;
    private final OwnedFd lock;
    private final UnixListener listener;

    private SocketFile(Path path, OwnedFd lock, UnixListener listener) {
        this.path = path;
        this.lock = lock;
        this.listener = listener;
    }

    /** Listens at a path, in place of a stale socket; never of a live one, nor of anything that is no socket. */
    static SocketFile listen(String name) throws IOException {
        Path path = Path.of(name);
        OwnedFd lock = FileIo.openOrCreate(name + ".lock");
        try {
            if (!FileIo.tryLockExclusive(lock)) {
                throw new IOException("socket " + name + " is served by another process");
            }
            removeStale(path);
            return new SocketFile(path, lock, UnixListener.bind(name));
        } catch (IOException e) {
            lock.close();
            throw e;
        }
    }

    private static void removeStale(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!isSocket(path)) {
            throw new IOException("socket path " + path
                    + " is taken by something that is no socket; remove it or choose another path");
        }
        if (isAlive(path)) {
            // Somebody who does not know our lock.
            throw new IOException("socket " + path + " is served by another process");
        }
        Files.delete(path);
    }

    /** Of the path itself: a link, a device node or a named pipe is not ours to remove. */
    private static boolean isSocket(Path path) throws IOException {
        int mode = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        return (mode & TYPE_MASK) == TYPE_SOCKET;
    }

    /** Only "connection refused" says that nobody listens (connect(2)); a socket we may not use is alive. */
    private static boolean isAlive(Path path) {
        try (UnixSocket probe = UnixSocket.connect(path.toString())) {
            return probe != null;
        } catch (LinuxException e) {
            return e.errno() != Errno.ECONNREFUSED;
        }
    }

    UnixListener listener() {
        return listener;
    }

    /** Stops listening and removes the file. */
    @Override
    public void close() {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            // Left behind it is a stale socket, which the next start replaces.
        }
        listener.close();
        lock.close();
    }
}
