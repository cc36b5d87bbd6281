package dev.isthmus.e2e;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Commands for qemu-io, and beside them the contents the disk must have once they have run. Each change is followed by
 * a command that reads it back, so that the client checks what it sees and the test what is in the image.
 */
final class QemuIoScript {

    private final byte[] expected;
    private final List<String> commands = new ArrayList<>();

    private QemuIoScript(byte[] expected) {
        this.expected = expected;
    }

    /** A script for a disk with these contents, of which it keeps a copy. */
    static QemuIoScript on(byte[] contents) {
        return new QemuIoScript(contents.clone());
    }

    QemuIoScript write(int offset, int length, int pattern) {
        add("write -P 0x%02x %d %d", pattern, offset, length);
        return changed(offset, length, pattern);
    }

    /**
     * Zeroes without a buffer. {@code -n} makes qemu-io fail rather than write a buffer of zeroes instead.
     *
     * @param unmap whether the range may be deallocated
     */
    QemuIoScript writeZeroes(int offset, int length, boolean unmap) {
        add("write -z -n %s %d %d", unmap ? "-u" : "", offset, length);
        return changed(offset, length, 0);
    }

    /** Discards, after which our stores give zeroes; virtio does not promise it. */
    QemuIoScript discard(int offset, int length) {
        add("discard %d %d", offset, length);
        return changed(offset, length, 0);
    }

    QemuIoScript flush() {
        add("flush");
        return this;
    }

    byte[] expected() {
        return expected.clone();
    }

    /** The client's command line, for a disk served on a socket in {@code /sockets}. */
    List<String> commandLine(String socketName) {
        var words = new ArrayList<>(List.of("qemu-io", "--image-opts",
                "driver=virtio-blk-vhost-user,cache.direct=on,discard=unmap,path=/sockets/" + socketName));
        for (var command : commands) {
            words.add("-c");
            words.add(command);
        }
        return words;
    }

    private QemuIoScript changed(int offset, int length, int pattern) {
        Arrays.fill(expected, offset, offset + length, (byte) pattern);
        add("read -P 0x%02x %d %d", pattern, offset, length);
        return this;
    }

    private void add(String format, Object... arguments) {
        commands.add(String.format(Locale.ROOT, format, arguments));
    }
}
