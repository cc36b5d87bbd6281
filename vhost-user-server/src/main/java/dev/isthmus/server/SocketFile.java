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
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A listening socket and its place in the file system.
 *
 * <p>A crash leaves the socket's file behind, and nothing tells a dead one from a live one but trying, which two
 * processes could do at the same time. So whoever wants the place first locks the file {@code <socket>.lock} beside it;
 * the kernel drops that lock with the process. The lock's file stays: removing it would be a race of its own.
 *
 * <p>A process that was killed is not gone at once: a thread of it that waits for a disk keeps everything open until
 * the disk has answered. A successor that comes so soon waits a while.
 */
final class SocketFile implements AutoCloseable {
    /** Long enough for a process to die in, and short enough for an operator who named a socket twice. */
    static final Duration PATIENCE = Duration.ofSeconds(3);

    private static final Logger LOG = LoggerFactory.getLogger(SocketFile.class);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long PROBE_MILLIS = 200;

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

    /**
     * Listens at a path, in place of a stale socket; never of a live one, nor of anything that is no socket.
     *
     * @param patience how long to wait for another process that serves the socket
     */
    static SocketFile listen(String name, Duration patience) throws IOException {
        Path path = Path.of(name);
        OwnedFd lock = FileIo.openOrCreate(name + ".lock");
        try {
            long deadline = System.nanoTime() + patience.toNanos();
            long pauseNanos = LOOK_NANOS;
            boolean locked = FileIo.tryLockExclusive(lock);
            if (!locked) {
                LOG.info("socket {} is served by another process; waits for its end", name);
            }
            while (!locked || !removeStale(path)) {
                if (System.nanoTime() - deadline >= 0) {
                    throw new IOException("socket " + name + " is served by another process");
                }
                LockSupport.parkNanos(pauseNanos);
                // Who listens without the lock is mostly a stranger: not to be asked too often.
                pauseNanos = locked ? 2 * pauseNanos : pauseNanos;
                locked = locked || FileIo.tryLockExclusive(lock);
            }
            return new SocketFile(path, lock, UnixListener.bind(name));
        } catch (IOException e) {
            lock.close();
            throw e;
        }
    }

    /** False when somebody listens who does not know our lock, or closes it first of all when it dies. */
    private static boolean removeStale(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return true;
        }
        if (!isSocket(path)) {
            throw new IOException("socket path " + path
                    + " is taken by something that is no socket; remove it or choose another path");
        }
        if (isAlive(path)) {
            return false;
        }
        Files.delete(path);
        return true;
    }

    /** Of the path itself: a link, a device node or a named pipe is not ours to remove. */
    private static boolean isSocket(Path path) throws IOException {
        int mode = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        return (mode & TYPE_MASK) == TYPE_SOCKET;
    }

    /** Only "connection refused" says that nobody listens (connect(2)); a socket we may not use is alive. */
    private static boolean isAlive(Path path) {
        try (UnixSocket probe = UnixSocket.connect(path.toString(), PROBE_MILLIS)) {
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
