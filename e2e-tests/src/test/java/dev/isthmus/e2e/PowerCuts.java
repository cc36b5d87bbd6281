package dev.isthmus.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/** Cuts the power at random places of {@link Recording}s, and looks at the disk that is left. */
final class PowerCuts {

    /** As many flushes a disk forgets in the counter-check: more than all slots. */
    private static final int FORGOTTEN_RECORDS = 2 * Records.SLOTS;

    private final SplittableRandom random;
    private final Path directory;
    private final Path report;
    private final StringBuilder found = new StringBuilder();
    private int cuts;

    /** @param directory for images, in memory */
    PowerCuts(long seed, Path directory, Path report) {
        this.random = new SplittableRandom(seed);
        this.directory = directory;
        this.report = report;
        found.append("seed ").append(seed).append('\n');
    }

    /** Makes a recording and cuts it so many times. */
    void run(int times, int seconds, CutStore store, List<String> options) throws Exception {
        Recording recording = Recording.make(seconds, store, options, Files.createTempDirectory(directory, "disk-"));
        WriteLog log = recording.log();
        List<Integer> unflushed = new ArrayList<>();
        long compared = 0;
        for (int i = 0; i < times; i++) {
            int cut = place(recording);
            int durable = log.durable(cut);
            List<RecordLog.Heard> mustHave = recording.heardBefore(cut);
            double keep = keep();
            assertThat(problems(recording, durable, cut, keep, mustHave)).as(
                    "%s, %s, cut after %d of %d entries, flushed up to %d, of the others %.2f are there", store
                            .describe(), options, cut, log.size(), durable, keep).isEmpty();
            unflushed.add(cut - durable);
            compared += mustHave.size();
            cuts++;
        }
        assertThatForgottenFlushesAreFound(recording);
        unflushed.sort(null);
        write(String.format(Locale.ROOT,
                "%s, %s: %d cuts of %d entries (%d flushes, %d records); up to %d entries not flushed,"
                        + " median %d; %d records compared%n",
                store.describe(), String.join(" ", options), times, log.size(), log.flushes(),
                recording.heard().size(), unflushed.getLast(), unflushed.get(unflushed.size() / 2), compared));
    }

    /** Half of them between a record that just became durable and the next flush: what it stands on must be there. */
    private int place(Recording recording) {
        List<RecordLog.Heard> heard = recording.heard();
        WriteLog log = recording.log();
        int first = log.entriesBefore(heard.getFirst().position());
        if (random.nextBoolean()) {
            return random.nextInt(first, log.size() + 1);
        }
        int known = log.entriesBefore(heard.get(random.nextInt(heard.size())).position());
        return random.nextInt(known, log.beforeNextFlush(known) + 1);
    }

    /** Nothing, everything, or anything between. */
    private double keep() {
        return switch (random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> 1;
            default -> random.nextDouble();
        };
    }

    private List<String> problems(Recording recording, int durable, int cut, double keep,
            List<RecordLog.Heard> mustHave) throws IOException, InterruptedException {
        Path image = directory.resolve("cut.img");
        try {
            recording.log().build(image, recording.store().deviceBytes(), durable, cut, keep, random);
            List<String> problems = new ArrayList<>();
            recording.store().open(image, disk -> problems.addAll(Recording.problems(disk, mustHave)));
            return problems;
        } catch (AssertionError e) {
            return List.of(String.valueOf(e.getMessage()));
        } finally {
            Files.deleteIfExists(image);
        }
    }

    /** The counter-check: a disk that lies about its last flushes must be found out. */
    private void assertThatForgottenFlushesAreFound(Recording recording) throws IOException, InterruptedException {
        List<RecordLog.Heard> heard = recording.heard();
        int cut = recording.log().entriesBefore(heard.get(heard.size() - FORGOTTEN_RECORDS).position());
        assertThat(problems(recording, recording.log().durable(cut), cut, 0, heard)).as("records of forgotten flushes")
                .hasSizeGreaterThan(FORGOTTEN_RECORDS / 2);
    }

    private void write(String line) throws IOException {
        found.append(line);
        Files.createDirectories(report.getParent());
        Files.writeString(report, found + String.valueOf(cuts) + " cuts: all that was flushed was there, every file"
                + " system was clean\n");
    }
}
