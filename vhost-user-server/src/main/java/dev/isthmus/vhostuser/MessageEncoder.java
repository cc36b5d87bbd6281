package dev.isthmus.vhostuser;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Makes bytes of what we send. A pure function: no I/O, no state, any thread. */
public final class MessageEncoder {
    /** QEMU compares a reply's flags with exactly this (hw/virtio/vhost-user.c), so need_reply is not echoed. */
    private static final int REPLY_FLAGS = HeaderLayout.VERSION | HeaderLayout.REPLY;

    private MessageEncoder() {}

    /** The reply to a request of this kind, header and payload. */
    public static byte[] encode(FrontendRequest kind, Reply reply) {
        return switch (reply) {
            case Reply.U64(long value) -> message(kind, Long.BYTES).putLong(value).array();
            case Reply.VringState(int index, int base) ->
                    message(kind, VringStateLayout.BYTES).putInt(index).putInt(base).array();
            case Reply.Config(long offset, byte[] contents) ->
                    message(kind, ConfigLayout.BYTES + contents.length)
                            .putInt((int) offset).putInt(contents.length).putInt(0).put(contents).array();
            case Reply.ConfigRefused() -> message(kind, 0).array();
            case Reply.Inflight inflight ->
                    message(kind, inflight.payloadBytes()).putLong(inflight.mmapSize()).putLong(0)
                            .putShort((short) inflight.queues()).putShort((short) inflight.queueSize()).array();
            case Reply.Ack(boolean ok) -> message(kind, Long.BYTES).putLong(ok ? 0 : 1).array();
        };
    }

    /** A message of ours on the back-end's channel. */
    static byte[] encode(BackendMessage message, boolean needReply) {
        int flags = HeaderLayout.VERSION | (needReply ? HeaderLayout.NEED_REPLY : 0);
        return switch (message) {
            case BackendMessage.ConfigChange() -> header(BackendRequest.CONFIG_CHANGE_MSG.code(), flags, 0).array();
        };
    }

    private static ByteBuffer message(FrontendRequest kind, int payloadBytes) {
        return header(kind.code(), REPLY_FLAGS, payloadBytes);
    }

    private static ByteBuffer header(int code, int flags, int payloadBytes) {
        return ByteBuffer.allocate(HeaderLayout.BYTES + payloadBytes).order(ByteOrder.nativeOrder())
                .putInt(code).putInt(flags).putInt(payloadBytes);
    }
}
