package dev.isthmus.vhostuser;

import dev.isthmus.linux.EventFd;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.OwnedFd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Messages as a front-end writes them, byte by byte from the specification's tables; shares no offset with the code
 * under test.
 */
final class Wire {
    static final int VERSION = 1;
    static final int REPLY = 4;
    static final int NEED_REPLY = 8;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    static Wire payload() {
        return new Wire();
    }

    /** Header and payload. */
    static byte[] message(int code, int flags, byte[] payload) {
        return payload().u32(code).u32(flags).u32(payload.length).raw(payload).bytes();
    }

    static byte[] region(long guestAddress, long size, long userAddress, long mmapOffset) {
        return payload().u64(guestAddress).u64(size).u64(userAddress).u64(mmapOffset).bytes();
    }

    Wire u16(int value) {
        return little(value, 2);
    }

    Wire u32(long value) {
        return little(value, 4);
    }

    Wire u64(long value) {
        return little(value, 8);
    }

    Wire raw(byte[] more) {
        bytes.writeBytes(more);
        return this;
    }

    byte[] bytes() {
        return bytes.toByteArray();
    }

    private Wire little(long value, int size) {
        for (int i = 0; i < size; i++) {
            bytes.write((int) (value >>> 8 * i));
        }
        return this;
    }

    static List<OwnedFd> eventFds(int count) throws LinuxException {
        List<OwnedFd> fds = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            fds.add(EventFd.create());
        }
        return fds;
    }

    /** How many eventfds this process has open. */
    static long openEventFds() {
        try (Stream<Path> links = Files.list(Path.of("/proc/self/fd"))) {
            return links.filter(Wire::isEventFd).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isEventFd(Path link) {
        try {
            return Files.readSymbolicLink(link).toString().startsWith("anon_inode:[eventfd");
        } catch (IOException e) {
            // Closed since it was listed.
            return false;
        }
    }
}
