package dev.isthmus.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;

/** Memory that a guest gets while it runs, and gives back. */
final class HotplugMemory {

    private static final Duration LIMIT = Duration.ofSeconds(120);

    private static final String TOTAL = "awk '/MemTotal/ { print int($2 / 1024) }' /proc/meminfo";

    /**
     * Movable: the kernel takes pages of programs from there first, and can move them elsewhere again. Debian 13's
     * kernel would take the memory at once, Debian 12's waits to be told.
     */
    private static final String ONLINE = """
            until test $(%s) -ge %d; do
              for state in /sys/devices/system/memory/memory*/state; do
                if grep -q offline $state; then echo online_movable > $state; fi
              done
              sleep 0.1
            done
            """;

    /** A page that a request in flight uses cannot be moved: tried again. */
    private static final String OFFLINE = """
            until test $(%s) -le %d; do
              for block in /sys/devices/system/memory/memory*; do
                if grep -q '^online' $block/state && grep -q '^Movable' $block/valid_zones; then
                  echo offline > $block/state || true
                fi
              done
              sleep 0.1
            done
            """;

    private final Guest guest;
    private final long mebibytesBefore;

    private HotplugMemory(Guest guest, long mebibytesBefore) {
        this.guest = guest;
        this.mebibytesBefore = mebibytesBefore;
    }

    static HotplugMemory plug(Guest guest, int mebibytes) throws IOException, InterruptedException {
        long before = Long.parseLong(guest.sh(TOTAL));
        guest.sh("echo offline > /sys/devices/system/memory/auto_online_blocks");
        guest.qmp().execute("object-add", "{\"qom-type\": \"memory-backend-memfd\", \"id\": \"more\","
                + " \"share\": true, \"size\": " + mebibytes * Images.MEBIBYTE + "}");
        guest.qmp().execute("device_add", "{\"driver\": \"pc-dimm\", \"id\": \"dimm\", \"memdev\": \"more\"}");
        guest.sh(ONLINE.formatted(TOTAL, before + mebibytes), LIMIT);
        assertThat(Long.parseLong(guest.sh(TOTAL)) - before).isEqualTo(mebibytes);
        return new HotplugMemory(guest, before);
    }

    /** Returns when the back-end, too, has it no more. */
    void unplug() throws IOException, InterruptedException {
        guest.sh(OFFLINE.formatted(TOTAL, mebibytesBefore), LIMIT);
        guest.qmp().execute("device_del", "{\"id\": \"dimm\"}");
        guest.qmp().awaitUntil("query-memory-devices", "{}", answer -> !answer.contains("dimm"));
        guest.qmp().execute("object-del", "{\"id\": \"more\"}");
    }
}
