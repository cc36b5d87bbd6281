package dev.isthmus.vhostuser;

import dev.isthmus.linux.OwnedFd;
import java.util.ArrayList;
import java.util.List;

/**
 * A decoded message with the descriptors that came with it. One thread uses it.
 *
 * <p>Ownership: this owns all its descriptors. The session takes those it keeps with {@link #take}; {@link #close}
 * closes the rest, so a {@code try} around the handling of a message leaks nothing on any path.
 */
public final class Request implements AutoCloseable {
    private final FrontendRequest kind;
    private final FrontendMessage message;
    private final boolean needReply;
    private final List<OwnedFd> untaken;

    Request(FrontendRequest kind, FrontendMessage message, boolean needReply, List<OwnedFd> fds) {
        this.kind = kind;
        this.message = message;
        this.needReply = needReply;
        this.untaken = new ArrayList<>(fds);
    }

    public FrontendRequest kind() {
        return kind;
    }

    public FrontendMessage message() {
        return message;
    }

    /** The need_reply flag as it came. */
    public boolean needReply() {
        return needReply;
    }

    /**
     * Whether the front-end waits for an answer: always if the request has a reply of its own, else if it asked and
     * REPLY_ACK is negotiated ("REPLY_ACK" in the vhost-user specification).
     *
     * @param negotiated as it is after the request was handled: a SET_PROTOCOL_FEATURES that negotiates REPLY_ACK
     * and asks for an answer
     *     gets one, as from other back-ends
     */
    public boolean wantsReply(Negotiated negotiated) {
        return kind.hasReply() || needReply && negotiated.has(ProtocolFeature.REPLY_ACK);
    }

    /** Hands a descriptor of this message over to the caller, who closes it from now on. */
    public OwnedFd take(OwnedFd fd) {
        if (!untaken.removeIf(mine -> mine == fd)) {
            throw new IllegalStateException(fd + " did not come with this message or was taken before");
        }
        return fd;
    }

    /** Closes the descriptors nobody took. */
    @Override
    public void close() {
        untaken.forEach(OwnedFd::close);
        untaken.clear();
    }

    @Override
    public String toString() {
        return message + (needReply ? " need_reply" : "");
    }
}
