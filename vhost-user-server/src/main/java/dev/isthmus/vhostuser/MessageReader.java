package dev.isthmus.vhostuser;

import dev.isthmus.linux.Errno;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.OwnedFd;
import dev.isthmus.linux.UnixSocket;
import dev.isthmus.vhostuser.ProtocolViolation.Rule;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads messages from a socket, one at a time, however the bytes are cut. One thread uses it; it blocks. No
 * descriptor is lost on any path: those of a message that is not returned have been closed.
 *
 * <p>Descriptors are accepted from the first {@code recvmsg} of a message only and refused later. The vhost-user
 * specification ("Communication") lets a back-end rely on that, and QEMU, libblkio and DPDK send a message with its
 * descriptors in a single {@code sendmsg}. Taking them later would make it a matter of timing which message they
 * belong to.
 */
public final class MessageReader {
    /** Where bytes and descriptors come from, as {@link UnixSocket#receive}; tests cut them as they like. */
    interface Source {
        int receive(byte[] buffer, int offset, int length, List<OwnedFd> fds) throws LinuxException;
    }

    private final Source source;

    /** The socket stays the caller's. */
    public MessageReader(UnixSocket socket) {
        this(socket::receive);
    }

    MessageReader(Source source) {
        this.source = source;
    }

    /**
     * Waits for the next request of the front-end.
     *
     * @param negotiated what the session has negotiated so far
     * @return a request the caller closes, or null when the front-end went away between two messages
     * @throws ProtocolViolation when it broke a rule, which includes going away inside a message; nothing more may
     * be read then
     */
    public @Nullable Request read(Negotiated negotiated) throws LinuxException, ProtocolViolation {
        List<OwnedFd> fds = new ArrayList<>();
        boolean handedOver = false;
        try {
            byte[] header = new byte[MessageHeader.BYTES];
            if (!fill(header, fds, true)) {
                return null;
            }
            MessageHeader parsed = MessageHeader.of(header);
            ProtocolViolation invalid = parsed.invalid();
            if (invalid != null) {
                throw invalid;
            }
            byte[] payload = new byte[(int) parsed.sizeBytes()];
            fill(payload, fds, false);
            Request request = MessageDecoder.decode(parsed, payload, fds, negotiated);
            handedOver = true;
            return request;
        } finally {
            if (!handedOver) {
                fds.forEach(OwnedFd::close);
            }
        }
    }

    /** Waits for the front-end's answer to a request of ours and says whether it was zero, that is success. */
    boolean readReplyTo(BackendRequest expected) throws LinuxException, ProtocolViolation {
        List<OwnedFd> fds = new ArrayList<>();
        try {
            byte[] header = new byte[MessageHeader.BYTES];
            if (!fill(header, fds, true)) {
                throw new ProtocolViolation(Rule.TRUNCATED, "the connection ended before the reply to " + expected);
            }
            ProtocolViolation invalid = MessageHeader.of(header).invalidReplyTo(expected);
            if (invalid != null) {
                throw invalid;
            }
            byte[] payload = new byte[Long.BYTES];
            fill(payload, fds, false);
            if (!fds.isEmpty()) {
                throw new ProtocolViolation(Rule.DESCRIPTOR_COUNT,
                        "the reply to " + expected + " with " + fds.size() + " descriptors, must be 0");
            }
            return isZero(payload);
        } finally {
            fds.forEach(OwnedFd::close);
        }
    }

    private static boolean isZero(byte[] bytes) {
        int any = 0;
        for (byte b : bytes) {
            any |= b;
        }
        return any == 0;
    }

    /** Fills all of {@code bytes}; false when the connection ended before the first byte of a header. */
    private boolean fill(byte[] bytes, List<OwnedFd> fds, boolean header) throws LinuxException, ProtocolViolation {
        int filled = 0;
        while (filled < bytes.length) {
            boolean first = header && filled == 0;
            int before = fds.size();
            int received = receive(bytes, filled, fds);
            if (received == 0 && first) {
                return false;
            }
            if (received == 0) {
                throw new ProtocolViolation(Rule.TRUNCATED, "the connection ended after " + filled + " of "
                        + bytes.length + (header ? " bytes of a header" : " bytes of a payload"));
            }
            if (!first && fds.size() > before) {
                throw new ProtocolViolation(Rule.DESCRIPTORS_LATE,
                        (fds.size() - before) + " descriptors after the first bytes of a header");
            }
            filled += received;
        }
        return true;
    }

    private int receive(byte[] bytes, int filled, List<OwnedFd> fds) throws LinuxException, ProtocolViolation {
        try {
            return source.receive(bytes, filled, bytes.length - filled, fds);
        } catch (LinuxException e) {
            if (e.errno() == Errno.ECONNRESET) {
                // unix(7): the peer closed without reading all we sent. It is gone, as after an orderly end.
                return 0;
            }
            if (fds.size() > Limits.DESCRIPTORS_MAX) {
                throw new ProtocolViolation(Rule.DESCRIPTOR_COUNT,
                        "a message with more than " + fds.size() + " descriptors");
            }
            throw e;
        }
    }
}
