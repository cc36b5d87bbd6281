package dev.isthmus.vhostuser;

import dev.isthmus.vhostuser.ProtocolViolation.Rule;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * The twelve bytes before every payload, see {@link HeaderLayout}. All three are u32.
 *
 * @param request code of the request
 * @param flags version, reply and need_reply
 * @param sizeBytes size of the payload
 */
public record MessageHeader(long request, long flags, long sizeBytes) {
    /** Bytes of a header. */
    public static final int BYTES = HeaderLayout.BYTES;

    private static final long KNOWN_FLAGS = HeaderLayout.VERSION_MASK | HeaderLayout.REPLY | HeaderLayout.NEED_REPLY;

    static MessageHeader of(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        return new MessageHeader(
                Integer.toUnsignedLong(buffer.getInt(HeaderLayout.REQUEST)),
                Integer.toUnsignedLong(buffer.getInt(HeaderLayout.FLAGS)),
                Integer.toUnsignedLong(buffer.getInt(HeaderLayout.SIZE)));
    }

    /** Why this cannot be the header of a front-end's request, whatever its code; null when nothing is wrong. */
    public @Nullable ProtocolViolation invalid() {
        if (version() != HeaderLayout.VERSION) {
            return violation(Rule.VERSION, "version " + version() + ", must be " + HeaderLayout.VERSION);
        }
        if ((flags & ~KNOWN_FLAGS) != 0) {
            return violation(Rule.RESERVED_FLAGS,
                    "reserved flags 0x" + Long.toHexString(flags & ~KNOWN_FLAGS) + ", must be 0");
        }
        if (isReply()) {
            return violation(Rule.REPLY_FLAG, "the reply flag set in a request");
        }
        if (sizeBytes > Limits.PAYLOAD_BYTES_MAX) {
            return violation(Rule.PAYLOAD_LIMIT,
                    "a payload of " + sizeBytes + " bytes, no message has more than " + Limits.PAYLOAD_BYTES_MAX);
        }
        return null;
    }

    /** Why this cannot be the header of the front-end's answer to a request of ours; null when nothing is wrong. */
    @Nullable
    ProtocolViolation invalidReplyTo(BackendRequest expected) {
        String reply = "the reply to " + expected;
        if (version() != HeaderLayout.VERSION) {
            return new ProtocolViolation(Rule.VERSION,
                    reply + " with version " + version() + ", must be " + HeaderLayout.VERSION);
        }
        if (!isReply()) {
            return new ProtocolViolation(Rule.REPLY_FLAG, reply + " without the reply flag");
        }
        if (request != expected.code()) {
            return new ProtocolViolation(Rule.REPLY_MISMATCH,
                    reply + " with code " + request + ", must be " + expected.code());
        }
        if (sizeBytes != Long.BYTES) {
            return new ProtocolViolation(Rule.PAYLOAD_SIZE,
                    reply + " with a payload of " + sizeBytes + " bytes, must be " + Long.BYTES);
        }
        return null;
    }

    private long version() {
        return flags & HeaderLayout.VERSION_MASK;
    }

    boolean isReply() {
        return (flags & HeaderLayout.REPLY) != 0;
    }

    /** Whether the front-end wants an acknowledgement; it gets one only if REPLY_ACK is negotiated. */
    public boolean needReply() {
        return (flags & HeaderLayout.NEED_REPLY) != 0;
    }

    private ProtocolViolation violation(Rule rule, String what) {
        return new ProtocolViolation(rule, RequestNames.describe(request) + " with " + what);
    }
}
