package dev.isthmus.xen.app;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A disk's number in its guest: {@code docs/man/xen-vbd-interface.7.pandoc} of Xen. {@code xvdb} is disk 1, {@code
 * xvdb2} its partition 2. Numbers and names of disks from 16 and of partitions from 16 on are of the extended kind.
 */
final class VirtualDevice {
    private static final Pattern NAME = Pattern.compile("xvd([a-z]{1,2})(\\d{1,3})?");
    private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");

    private static final int XVD_MAJOR = 202;
    private static final int SMALL_MAX = 15;
    private static final int PARTITION_MAX = 255;
    private static final int EXTENDED = 1 << 28;
    private static final int EXTENDED_DISK_MAX = (1 << 20) - 1;
    private static final int LETTERS = 26;

    private VirtualDevice() {}

    /** The number of {@code xvdb}, or of {@code 51728}; empty when it is neither. */
    static Optional<Integer> number(String name) {
        if (NUMBER.matcher(name).matches()) {
            return Optional.of(Integer.parseInt(name));
        }
        Matcher xvd = NAME.matcher(name);
        if (!xvd.matches()) {
            return Optional.empty();
        }
        int disk = 0;
        for (char letter : xvd.group(1).toCharArray()) {
            disk = disk * LETTERS + letter - 'a' + 1;
        }
        disk--;
        int partition = xvd.group(2) == null ? 0 : Integer.parseInt(xvd.group(2));
        if (partition > PARTITION_MAX) {
            return Optional.empty();
        }
        return Optional.of(disk <= SMALL_MAX && partition <= SMALL_MAX
                ? XVD_MAJOR << 8 | disk << 4 | partition
                : EXTENDED | disk << 8 | partition);
    }

    /** A name for people; the number itself when it is of another kind. */
    static String name(int number) {
        int disk;
        int partition;
        if (number >> 8 == XVD_MAJOR) {
            disk = number >> 4 & SMALL_MAX;
            partition = number & SMALL_MAX;
        } else if ((number & EXTENDED) != 0) {
            disk = number >> 8 & EXTENDED_DISK_MAX;
            partition = number & PARTITION_MAX;
        } else {
            return Integer.toString(number);
        }
        StringBuilder letters = new StringBuilder();
        for (int rest = disk; rest >= 0; rest = rest / LETTERS - 1) {
            letters.insert(0, (char) ('a' + rest % LETTERS));
        }
        return "xvd" + letters + (partition == 0 ? "" : partition);
    }
}
