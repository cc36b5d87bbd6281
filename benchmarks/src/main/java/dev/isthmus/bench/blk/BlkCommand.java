package dev.isthmus.bench.blk;

import dev.isthmus.bench.load.BlkLoad;
import dev.isthmus.bench.rig.Disturbance;
import dev.isthmus.bench.rig.Rig;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bin/bench blk}. */
@Command(name = "blk", mixinStandardHelpOptions = true, sortOptions = false, usageHelpWidth = 100,
        description = {"Our block back-end beside qemu-storage-daemon. Both run; one is measured while the other is"
                + " idle; the same client drives both, in rounds whose order changes.", "",
            "A case is STORE-OPERATION-DEPTH-CLIENT: null, nullfill, tmpfs, direct; randread-4k, randwrite-4k,"
                    + " seqread-128k, seqwrite-128k; d1, d32, 4x32; poll, event. See docs/benchmarks.md.", "",
            "Exit status 0: measured, and all goals met; 1: a goal was missed, or something failed or answered"
                    + " wrongly; 2: a bad option.", ""})
public final class BlkCommand implements Callable<Integer> {
    /** A disk that others use as well may have to write a memory full of what they wrote. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--case", paramLabel = "GLOB", description = "only cases like this, in quotes; can be repeated")
    private List<String> globs = List.of("*");

    @Option(names = "--store", paramLabel = "KIND",
            description = "rocksdb: a volume beside a qcow2 image on a disk, in cases of its own")
    private @Nullable String store;

    @Option(names = "--goals", description = "only cases that the project's goals name")
    private boolean goals;

    @Option(names = "--list", description = "say which cases that is and how long it takes, and end")
    private boolean list;

    @Option(names = "--json", description = "JSON on stdout, not the table")
    private boolean json;

    @Mixin
    private MeasureOptions options = new MeasureOptions();

    @Override
    public Integer call() throws IOException {
        if (store != null && !store.equals(Store.ROCKSDB.text())) {
            throw new ParameterException(spec.commandLine(), "--store: " + Store.ROCKSDB.text() + ", or nothing");
        }
        List<Cell> all = store == null ? Cell.all() : Cell.ofVolumes();
        List<Cell> cells = all.stream().filter(cell -> globs.stream().anyMatch(cell::matches))
                .filter(cell -> !goals || Goal.names(cell)).toList();
        if (cells.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "no case is like this; --list shows all");
        }
        Settings settings = options.settings();
        PrintWriter out = spec.commandLine().getOut();
        long stores = cells.stream().map(Cell::store).distinct().count();
        String announcement = cells.size() + " cases, " + settings.rounds() + " rounds each: about "
                + Comparison.minutes(settings.estimate(cells.size(), stores));
        if (list) {
            cells.forEach(cell -> out.println(cell.name()));
            out.println(announcement);
            return 0;
        }
        settings.pin().apply();
        var disturbance = Disturbance.begin();
        Rig rig = Rig.open(spec.commandLine().getErr());
        var comparison = new Comparison(settings, (load, counting) -> BlkLoad.run(load, counting, PATIENCE), rig);
        List<CellResult> results;
        try (rig) {
            rig.say(announcement);
            results = comparison.run(cells);
        } catch (IOException e) {
            throw rig.cleanup().isInterrupted() ? new IOException("interrupted", e) : e;
        }
        double others = disturbance.processors();
        out.print(json ? Report.json(results) : Report.text(settings, results, comparison, others));
        out.flush();
        List<Goal.Verdict> missed = results.stream().flatMap(result -> Goal.judge(result).stream())
                .filter(verdict -> !verdict.met()).toList();
        if (json) {
            missed.forEach(verdict -> rig.say(verdict.toString()));
        }
        return missed.isEmpty() && rig.isClean() ? 0 : 1;
    }
}
