package dev.isthmus.e2e;

/** What guests do more than once. Each part expects the ones before it to have run. */
final class Scripts {

    static final String WRITE_RANDOM_FILE = """
            dd if=/dev/urandom of=/tmp/random bs=1M count=64 iflag=fullblock 2> /dev/null
            md5sum < /tmp/random > /mnt/checksum
            dd if=/tmp/random of=/mnt/random bs=1M 2> /dev/null
            rm /tmp/random
            sync
            """;

    /** The caches are dropped first: the data comes from the disk. */
    static final String COMPARE_RANDOM_FILE = """
            echo 3 > /proc/sys/vm/drop_caches
            test $(stat -c %s /mnt/random) = 67108864
            md5sum < /mnt/random | cmp - /mnt/checksum
            """;

    private Scripts() {
    }

    /** @param disk its name, such as vda */
    static String makeFileSystem(String disk) {
        return "mkfs.ext4 -q -F /dev/%1$s; mount -t ext4 /dev/%1$s /mnt\n".formatted(disk);
    }
}
