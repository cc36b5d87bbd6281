package dev.isthmus.xen;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A message of xenstore, {@code struct xsd_sockmsg} of {@code public/io/xs_wire.h}, in the byte order of this machine,
 * which is little-endian wherever Xen runs:
 *
 * <pre>
 *    0 type          u32
 *    4 request id    u32   comes back in the answer; 0 in events
 *    8 transaction   u32   0: none
 *   12 length        u32   of what follows, at most 4096
 * </pre>
 */
record XenstoreMessage(int type, int requestId, int transaction, byte[] payload) {
    static final int HEADER_BYTES = 16;

    /** {@code XENSTORE_PAYLOAD_MAX}. */
    static final int PAYLOAD_BYTES_MAX = 4096;

    byte[] encode() {
        return ByteBuffer.allocate(HEADER_BYTES + payload.length).order(ByteOrder.LITTLE_ENDIAN)
                .putInt(type).putInt(requestId).putInt(transaction).putInt(payload.length).put(payload).array();
    }

    /** The text, without the zero that may end it. */
    String text() {
        int length = payload.length;
        if (length > 0 && payload[length - 1] == 0) {
            length--;
        }
        return new String(payload, 0, length, StandardCharsets.UTF_8);
    }

    /** The strings, each of which a zero ends. */
    List<String> strings() {
        List<String> strings = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < payload.length; i++) {
            if (payload[i] == 0) {
                strings.add(new String(payload, start, i - start, StandardCharsets.UTF_8));
                start = i + 1;
            }
        }
        return strings;
    }
}
