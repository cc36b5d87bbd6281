package dev.isthmus.virtqueue;

import java.util.Arrays;

/**
 * One descriptor's worth of memory as the driver offers it.
 *
 * @param content what is in it; a device-writable one is filled with {@link #UNTOUCHED}
 * @param writable whether the device may write it
 * @param address guest address; {@link #ANYWHERE} lets the driver choose
 */
public record Buffer(byte[] content, boolean writable, long address) {
    /** What a byte is that the device has not written. */
    public static final byte UNTOUCHED = (byte) 0xee;

    static final long ANYWHERE = -1;

    /** Device-readable: the bytes of all parts in a row. */
    public static Buffer readable(byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        byte[] all = new byte[length];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return new Buffer(all, false, ANYWHERE);
    }

    /** Device-writable. */
    public static Buffer writable(int length) {
        byte[] content = new byte[length];
        Arrays.fill(content, UNTOUCHED);
        return new Buffer(content, true, ANYWHERE);
    }

    /** Bytes that differ from their neighbours, as data to write. */
    public static byte[] bytes(int length) {
        byte[] data = new byte[length];
        for (int i = 0; i < length; i++) {
            data[i] = (byte) (i * 7 + i / 251 + 1);
        }
        return data;
    }

    /** The same at a guest address of the test's choice. */
    public Buffer at(long guest) {
        return new Buffer(content, writable, guest);
    }

    /** The same with its middle where two memory regions meet. */
    public Buffer acrossTheBorder() {
        return at(GuestRam.BORDER - content.length / 2);
    }

    public int length() {
        return content.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Buffer b && writable == b.writable && address == b.address
                && Arrays.equals(content, b.content);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(content);
    }

    @Override
    public String toString() {
        return (writable ? "writable(" : "readable(") + content.length + " bytes)";
    }
}
