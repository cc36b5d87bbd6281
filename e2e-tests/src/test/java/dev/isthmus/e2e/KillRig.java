package dev.isthmus.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Kills a back-end again and again under a guest that writes, and starts it anew each time. Three look whether anything
 * went wrong: fio in the guest, the guest's writers of {@link Records}, and the host, which reads the image by itself
 * while no process serves it.
 *
 * <p>Needs of a disk only that its bytes can be read on the host as the guest sees them: {@link DiskImage}.
 */
final class KillRig {

    /** A kill finds something in flight about every second time: after so many it must have happened. */
    private static final int REPLAY_CERTAIN = 50;

    private static final int LOAD_MILLIS_MIN = 300;
    private static final int LOAD_MILLIS_RANGE = 2000;
    private static final Duration DISK_LIMIT = Duration.ofSeconds(1);
    /** From the exec of a process to its first answers, and beyond. */
    private static final int RECOVERY_MILLIS = 2500;
    private static final int REPLAY_MICROS = 20_000;

    private final DiskImage image;
    private final SplittableRandom random;
    private final StallReport report;
    private final KillGuest guest;
    private final KillableBackend backend;

    private KillRig(DiskImage image, SplittableRandom random, StallReport report, KillGuest guest,
            KillableBackend backend) {
        this.image = image;
        this.random = random;
        this.report = report;
        this.guest = guest;
        this.backend = backend;
    }

    /**
     * Boots a guest on the disk, kills and starts the back-end so many times, and looks.
     *
     * @param disk of {@link KillGuest#DISK_BYTES}
     * @param options of the back-end
     */
    static void run(int times, long seed, Disk disk, List<String> options, Path directory, Path reportFile)
            throws Exception {
        var random = new SplittableRandom(seed);
        List<String> qemu = qemu();
        try (KillableBackend backend = KillableBackend.serve(disk, options);
                KillGuest guest = KillGuest.boot(qemu, disk, directory)) {
            String conditions = "seed %d, %s, %s, %s AOT cache; QEMU %s, reconnect=1".formatted(seed,
                    disk.volume() ? "a volume" : "a file, direct=" + (disk.direct() ? "on" : "off"), String.join(" ",
                            options), backend.hasAotCache() ? "with the"
                                    : "without an", QemuVersion.of(qemu));
            var report = new StallReport(reportFile, conditions);
            new KillRig(DiskImage.of(disk), random, report, guest, backend).run(KillMoment.choose(times,
                    random));
            if (times >= REPLAY_CERTAIN) {
                assertThat(report.replays()).as("processes that did requests again").isPositive();
            }
        }
    }

    /** The machine's, or Debian 13's if that one may forget a back-end that is killed at the wrong moment. */
    private static List<String> qemu() throws IOException, InterruptedException {
        return QemuVersion.of(QemuVersion.OF_THE_MACHINE).losesReconnect() ? StockClients.build().qemu()
                : QemuVersion.OF_THE_MACHINE;
    }

    /** A failure comes with what the guest and the back-end said last. */
    private void run(List<KillMoment> moments) throws Exception {
        int kill = 0;
        try {
            guest.start();
            for (; kill < moments.size(); kill++) {
                boolean again = kill + 1 < moments.size() && moments.get(kill + 1) == KillMoment.RECOVERING;
                kill(moments.get(kill), again);
                report.write(guest.records().all().size());
            }
            guest.finish();
            assertThat(backend.stop().exitStatus()).isZero();
            compareImage(true);
            report.write(guest.records().all().size());
        } catch (AssertionError e) {
            throw guest.explained(new AssertionError("after %d kills of %s: %s%nthe guest:%n%s%n%s".formatted(kill,
                    moments, e.getMessage(), guest.look(), backend.describe()), e));
        }
    }

    /** @param again whether the next process is to be killed before it has recovered */
    private void kill(KillMoment moment, boolean again) throws Exception {
        await(moment);
        long death = System.nanoTime();
        backend.kill();
        long known = System.nanoTime();
        report.killed(moment);
        compareImage(false);
        long start = System.nanoTime(); // what the look took is no part of the pause
        backend.startAgain();
        if (again) {
            return;
        }
        backend.awaitListening();
        long listening = System.nanoTime();
        boolean wasIdle = guest.isIdle();
        if (wasIdle) {
            backend.awaitConnection();
            guest.goOn();
        }
        RecordLog.Heard next = guest.records().awaitAfter(listening, KillGuest.HANGS);
        backend.awaitConnection();
        report.recovered(backend.metric("isthmus_vring_resubmitted_total"), backend.metric(
                "isthmus_device_connections_total"));
        if (!wasIdle) {
            double replay = backend.phaseCount("replay") > 0 ? backend.phaseMillis("replay") : Double.NaN;
            report.stalled(new Stall(millis(known - death), millis(listening - start), backend.phaseMillis("connect"),
                    backend.phaseMillis("configure"), replay, millis(next.nanos() - death - (start - known))));
        }
    }

    private void await(KillMoment moment) throws Exception {
        switch (moment) {
            case LOAD -> awaitLoad();
            case IDLE -> guest.becomeIdle();
            case RECOVERING -> awaitRecovering();
        }
    }

    /** Any moment, or one at which the disk is busy. */
    private void awaitLoad() throws IOException, InterruptedException {
        park(TimeUnit.MILLISECONDS.toNanos(LOAD_MILLIS_MIN + random.nextInt(LOAD_MILLIS_RANGE)));
        if (random.nextBoolean()) {
            backend.awaitDisk(DISK_LIMIT);
        }
    }

    private static void park(long nanos) {
        long deadline = System.nanoTime() + nanos;
        while (deadline - System.nanoTime() > 0) {
            LockSupport.parkNanos(deadline - System.nanoTime());
        }
    }

    /** Any moment from its start to its first answers, or while it does requests again. */
    private void awaitRecovering() throws IOException, InterruptedException {
        if (random.nextBoolean()) {
            backend.awaitRing();
            park(TimeUnit.MICROSECONDS.toNanos(random.nextInt(REPLAY_MICROS)));
        } else {
            park(TimeUnit.MILLISECONDS.toNanos(random.nextInt(RECOVERY_MILLIS)));
        }
    }

    private static double millis(long nanos) {
        return nanos / 1e6;
    }

    /** What the guest was told before now is in the image: nobody serves it, or all is answered. */
    private void compareImage(boolean finished) throws IOException, InterruptedException {
        int[] newest = guest.records().newest();
        assertThat(Records.problems(image.read(KillGuest.RECORDS_OFFSET, Records.REGION_BYTES), newest, finished))
                .as("the image, read by the host").isEmpty();
    }
}
