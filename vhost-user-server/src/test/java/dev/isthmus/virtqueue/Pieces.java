package dev.isthmus.virtqueue;

import dev.isthmus.linux.HostMemory;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/** A device's work on a chain, in the plainest way. */
public final class Pieces {
    private Pieces() {}

    /** All device-readable bytes. */
    public static byte[] read(DescriptorChain chain) {
        var bytes = new ByteArrayOutputStream();
        for (int i = 0; i < chain.readableCount(); i++) {
            byte[] piece = new byte[(int) chain.length(i)];
            HostMemory.copy(chain.address(i), piece, 0, piece.length);
            bytes.writeBytes(piece);
        }
        return bytes.toByteArray();
    }

    /** Writes to the device-writable part from its beginning; returns how much there was room for. */
    public static int write(DescriptorChain chain, byte[] bytes) {
        int done = 0;
        for (int i = chain.readableCount(); i < chain.count() && done < bytes.length; i++) {
            int length = (int) Math.min(bytes.length - done, chain.length(i));
            HostMemory.copy(bytes, done, chain.address(i), length);
            done += length;
        }
        return done;
    }

    /** Takes every available chain, fills its writable part with {@code value}, hands it back and publishes. */
    static boolean fillAll(SplitVirtqueue queue, int value) {
        for (int head = queue.poll(); head >= 0; head = queue.poll()) {
            DescriptorChain chain = queue.chain(head);
            byte[] bytes = new byte[(int) chain.writableBytes()];
            Arrays.fill(bytes, (byte) value);
            queue.addUsed(head, write(chain, bytes));
        }
        return queue.publish();
    }
}
