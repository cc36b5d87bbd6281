package dev.isthmus.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;

/**
 * A load in a guest that notices everything: it writes and flushes at random places of the first 16 MiB of a disk,
 * reads back what it wrote, and ends with the first error or wrong byte.
 */
final class VerifiedLoad {

    static final int MEBIBYTES = 16;

    private static final Duration LIMIT = Duration.ofSeconds(120);

    private static final String START = """
            rm -f /tmp/stop /tmp/load
            (until test -e /tmp/stop; do
              fio --name=verified --filename=/dev/%1$s --rw=randwrite --bsrange=4k-64k --size=%2$dM --ioengine=libaio \
                  --direct=1 --iodepth=16 --fsync=16 --verify=crc32c --verify_fatal=1 --verify_backlog=64 \
                  > /tmp/fio 2>&1 || break
            done
            test -e /tmp/stop && echo ok > /tmp/load || cp /tmp/fio /tmp/load) &
            """;

    private static final String STOP = "touch /tmp/stop; until test -s /tmp/load; do sleep 0.1; done; cat /tmp/load";

    /** So many more requests are completed: enough that all that were in flight before are among them. */
    private static final String GO_ON = """
            completed() { awk '{ print $1 + $5 }' /sys/block/%1$s/stat; }
            before=$(completed)
            until test $(($(completed) - before)) -gt 100; do
              if test -e /tmp/load; then cat /tmp/load; exit 1; fi
              sleep 0.1
            done
            """;

    private final Shell guest;
    private final String disk;

    private VerifiedLoad(Shell guest, String disk) {
        this.guest = guest;
        this.disk = disk;
    }

    /** @param disk its name in the guest, such as vda; one load a guest at a time */
    static VerifiedLoad start(Shell guest, String disk) throws IOException, InterruptedException {
        guest.sh(START.formatted(disk, MEBIBYTES));
        var load = new VerifiedLoad(guest, disk);
        load.goesOn();
        return load;
    }

    /** Waits until it has made progress; fails if it has ended. */
    void goesOn() throws IOException, InterruptedException {
        guest.sh(GO_ON.formatted(disk), LIMIT);
    }

    /** Ends it, and fails if it met an error until then. */
    void stop() throws IOException, InterruptedException {
        assertThat(guest.sh(STOP, LIMIT)).as("what the load ended with").isEqualTo("ok");
    }
}
