package dev.isthmus.vhostuser;

import dev.isthmus.linux.OwnedFd;
import dev.isthmus.vhostuser.ProtocolViolation.Rule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes a message of bytes and descriptors, or says which rule they break. A pure function: no I/O, no state, any
 * thread.
 *
 * <p>Here are the rules that the message table states; those about the values of a payload are {@link
 * PayloadDecoder}'s.
 */
public final class MessageDecoder {
    private MessageDecoder() {}

    /**
     * Decodes one message.
     *
     * @param header header of the message; its own rules are checked again here, so that nothing depends on who read
     * it
     * @param payload exactly the payload
     * @param fds descriptors that came with the message: the request's when this returns, still the caller's when it
     * throws
     * @param negotiated what the session has negotiated so far
     */
    public static Request decode(MessageHeader header, byte[] payload, List<OwnedFd> fds, Negotiated negotiated)
            throws ProtocolViolation {
        if (payload.length != header.sizeBytes()) {
            throw new IllegalArgumentException("not the payload of this header");
        }
        refuse(header.invalid());
        FrontendRequest kind = FrontendRequest.of(header.request());
        if (kind == null) {
            throw new ProtocolViolation(Rule.UNKNOWN_REQUEST,
                    RequestNames.describe(header.request()) + " is not a request of a feature that was offered");
        }
        if (!kind.gate().isOpen(negotiated)) {
            throw new ProtocolViolation(Rule.NOT_NEGOTIATED, kind + " needs " + kind.gate().missing());
        }
        if (!kind.payload().contains(payload.length)) {
            throw new ProtocolViolation(Rule.PAYLOAD_SIZE,
                    kind + " with a payload of " + payload.length + " bytes, must be " + kind.payload());
        }
        if (!kind.descriptors().contains(fds.size())) {
            throw new ProtocolViolation(Rule.DESCRIPTOR_COUNT,
                    kind + " with " + fds.size() + " descriptors, must be " + kind.descriptors());
        }
        FrontendMessage message = new PayloadDecoder(kind, payload, fds, negotiated.queues()).decode();
        return new Request(kind, message, header.needReply(), fds);
    }

    private static void refuse(@Nullable ProtocolViolation violation) throws ProtocolViolation {
        if (violation != null) {
            throw violation;
        }
    }
}
