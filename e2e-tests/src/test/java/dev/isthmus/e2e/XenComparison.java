package dev.isthmus.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One guest reads and writes a disk of ours and one of dom0's blkback, in turn. What costs an emulated CPU how much is
 * not what it costs a real one: the ratio is for telling whether something broke, not for telling which is faster.
 */
record XenComparison(List<Line> lines) {

    private static final Path REPORT = Host.ROOT.resolve("target/soak/xen.txt");

    private static final Duration LIMIT = Duration.ofSeconds(180);
    private static final int MEBIBYTES = 64;

    // Fields 7 and 48 of fio's terse format (fio(1), "Terse output", version 3): KiB/s read and written.
    private static final String FIO = """
            fio --name=compare --filename=/dev/%1$s --rw=%2$s --bs=%3$s --size=%4$dM --ioengine=libaio --direct=1 \
                --iodepth=%5$d --output-format=terse --end_fsync=1 > /tmp/terse
            awk -F';' '{ print $7 + $48 }' /tmp/terse
            """;

    /** user, nice, system, irq and softirq of dom0's processors in ticks of 10 ms (proc(5), /proc/stat). */
    private static final String DOM0_TICKS = """
            read -r name user nice system idle iowait irq softirq rest < /proc/stat
            echo $((user + nice + system + irq + softirq))
            """;

    /** How one kind of load went on one disk. */
    private record Pass(long kibibytesPerSecond, double dom0Seconds) {
    }

    /** One kind of load on both. */
    private record Line(String load, Pass ours, Pass blkback) {

        String text() {
            return String.format(Locale.ROOT, "  %-26s %7d %7d KiB/s, ratio %.2f; dom0's CPU %.2f and %.2f s", load,
                    ours.kibibytesPerSecond, blkback.kibibytesPerSecond, (double) ours.kibibytesPerSecond
                            / blkback.kibibytesPerSecond, ours.dom0Seconds, blkback.dom0Seconds);
        }
    }

    static XenComparison run(XenHost host, Shell guest, String ours, String blkback)
            throws IOException, InterruptedException {
        List<Line> lines = new ArrayList<>();
        for (String load : List.of("write 64k 16", "read 64k 16", "randwrite 4k 1", "randread 4k 1",
                "randread 4k 16")) {
            lines.add(new Line(load, pass(host, guest, ours, load), pass(host, guest, blkback, load)));
        }
        return new XenComparison(lines);
    }

    /** @param load fio's pattern, block size and depth */
    private static Pass pass(XenHost host, Shell guest, String disk, String load)
            throws IOException, InterruptedException {
        String[] words = load.split(" ", -1);
        int mebibytes = words[1].equals("4k") ? MEBIBYTES / 16 : MEBIBYTES;
        long before = Long.parseLong(host.sh(DOM0_TICKS));
        long speed = Long.parseLong(guest.sh(FIO.formatted(disk, words[0], words[1], mebibytes, Integer.parseInt(
                words[2])), LIMIT));
        long after = Long.parseLong(host.sh(DOM0_TICKS));
        return new Pass(speed, (after - before) / 100.0);
    }

    /** Adds it to what {@code bin/soak xen} prints. */
    void write(String conditions) throws IOException {
        Files.createDirectories(REPORT.getParent());
        List<String> text = new ArrayList<>(List.of(conditions + ", emulated CPU; the bridge, then blkback on a loop"
                + " device; load: fio's pattern, block size, depth"));
        lines.forEach(line -> text.add(line.text()));
        Files.write(REPORT, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
