package dev.isthmus.server.management;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The file of the management socket: a stale one is replaced, a live one or anything else is not. */
final class ManagementSocketFile {
    private static final Logger LOG = LoggerFactory.getLogger(ManagementSocketFile.class);

    private final Path path;

    private ManagementSocketFile(Path path) {
        this.path = path;
    }

    /** Makes the place free. */
    static ManagementSocketFile prepare(Path path) throws IOException {
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            if (Files.isRegularFile(path) || Files.isDirectory(path)) {
                throw new IOException("management socket " + path + " is taken by something that is no socket");
            }
            if (isAlive(path)) {
                throw new IOException("management socket " + path + " is served by another process");
            }
            Files.delete(path);
        }
        return new ManagementSocketFile(path);
    }

    private static boolean isAlive(Path path) {
        try (var probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return probe.connect(UnixDomainSocketAddress.of(path));
        } catch (IOException e) {
            return false;
        }
    }

    /** For the owner only. */
    void protect() throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
    }

    void remove() {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            LOG.warn("management socket {} is left behind: {}", path, e.getMessage());
        }
    }
}
