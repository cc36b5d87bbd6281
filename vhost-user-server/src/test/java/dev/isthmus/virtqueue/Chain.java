package dev.isthmus.virtqueue;

import java.util.Arrays;
import java.util.List;

/**
 * A chain that a {@link FakeDriver} has made available.
 *
 * @param indexes its entries of the descriptor table, head first
 * @param buffers as they were when they were offered
 * @param addresses their guest addresses
 */
public record Chain(FakeDriver driver, int[] indexes, List<Buffer> buffers, List<Long> addresses) {

    public int head() {
        return indexes[0];
    }

    /** What is in a buffer now. */
    public byte[] bytes(int buffer) {
        return driver.ram().read(addresses.get(buffer), buffers.get(buffer).length());
    }

    /** All device-writable bytes in a row, as they are now. */
    public byte[] written() {
        byte[][] parts = new byte[buffers.size()][];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = buffers.get(i).writable() ? bytes(i) : new byte[0];
        }
        return Buffer.readable(parts).content();
    }

    /** The last device-writable byte. */
    public int lastByte() {
        byte[] all = written();
        return all[all.length - 1];
    }

    /** Whether every buffer is as it was offered. */
    public boolean isUntouched() {
        for (int i = 0; i < buffers.size(); i++) {
            if (!Arrays.equals(bytes(i), buffers.get(i).content())) {
                return false;
            }
        }
        return true;
    }
}
