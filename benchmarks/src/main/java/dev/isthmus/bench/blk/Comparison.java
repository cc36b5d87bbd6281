package dev.isthmus.bench.blk;

import dev.isthmus.bench.rig.Cleanup;
import dev.isthmus.bench.rig.ProcessUsage;
import dev.isthmus.bench.rig.Rig;
import dev.isthmus.bench.rig.Spinners;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Takes the cells one after the other; both servers are started anew for each store. */
final class Comparison {
    private final Settings settings;
    private final Load load;
    private final Rig rig;
    private int clockDisagreements;
    private int scrapes;

    Comparison(Settings settings, Load load, Rig rig) {
        this.settings = settings;
        this.load = load;
        this.rig = rig;
    }

    /** Times at which the two clocks of a server's processor time did not tell the same. */
    int clockDisagreements() {
        return clockDisagreements;
    }

    int scrapes() {
        return scrapes;
    }

    /** @throws IOException also for a wrong answer: a figure of wrong answers is none */
    List<CellResult> run(List<Cell> cells) throws IOException {
        var results = new ArrayList<CellResult>();
        for (Store store : Store.values()) {
            List<Cell> ofStore = cells.stream().filter(cell -> cell.store() == store).toList();
            if (!ofStore.isEmpty()) {
                Cleanup scope = rig.cleanup().scope();
                runStore(scope, store, ofStore, cells.size(), results);
                rig.cleanup().release(scope);
            }
        }
        return results;
    }

    private void runStore(Cleanup scope, Store store, List<Cell> cells, int total, List<CellResult> results)
            throws IOException {
        Pair pair = Pair.start(scope, settings, store, 1, rig.directory());
        var measurement = new Measurement(load, settings, pair);
        if (store.keepsData()) {
            for (Side side : Side.values()) {
                measurement.fill(side);
            }
        }
        for (Cell cell : cells) {
            int left = total - results.size();
            rig.say(String.format(Locale.ROOT, "[%d/%d] %s, about %s left", results.size() + 1, total, cell
                    .name(), minutes(settings.estimate(left, 0))));
            CellResult result = run(scope, pair, measurement, cell);
            results.add(result);
            rig.say("        iops ratio %.2f, CPU per I/O ratio %.2f".formatted(result.ratio(Metric.IOPS),
                    result.ratio(Metric.CPU)));
        }
        clockDisagreements += measurement.clockDisagreements();
        scrapes += pair.scraper().scrapes();
    }

    static String minutes(Duration duration) {
        long seconds = duration.toSeconds();
        return seconds < 120 ? seconds + " s" : (seconds + 30) / 60 + " min";
    }

    private CellResult run(Cleanup scope, Pair pair, Measurement measurement, Cell cell) throws IOException {
        Spinners spinners = cell.depth() == Depth.D1
                ? Spinners.start(scope, settings.pin(), cell.store() == Store.DIRECT)
                : null;
        try {
            return rounds(pair, measurement, cell);
        } finally {
            stop(scope, spinners);
        }
    }

    private static void stop(Cleanup scope, @Nullable Spinners spinners) throws IOException {
        if (spinners != null) {
            spinners.stop(scope);
        }
    }

    private static Map<Side, Double> space(Pair pair, Cell cell) throws IOException {
        var space = new EnumMap<Side, Double>(Side.class);
        if (cell.store() == Store.ROCKSDB) {
            for (Side side : Side.values()) {
                pair.settle(side);
                space.put(side, pair.spaceMegabytes(side));
            }
        }
        return space;
    }

    private CellResult rounds(Pair pair, Measurement measurement, Cell cell) throws IOException {
        var ours = new ArrayList<Figures>();
        var peers = new ArrayList<Figures>();
        for (Side side : Side.values()) {
            measurement.measure(side, cell, Duration.ZERO, settings.firstWarmUp(), 0);
        }
        for (int round = 1; round <= settings.rounds(); round++) {
            // Who comes first changes, so that nobody always has the machine the other left behind.
            boolean oursFirst = round % 2 == 1;
            for (Side side : oursFirst ? List.of(Side.OURS, Side.PEER) : List.of(Side.PEER, Side.OURS)) {
                (side == Side.OURS ? ours : peers)
                        .add(measurement.measure(side, cell, settings.warmUp(), settings.duration(), round));
            }
        }
        if (cell.store().keepsData() && cell.operation().pattern().isWrite()) {
            for (Side side : Side.values()) {
                measurement.readBack(side);
            }
        }
        return new CellResult(cell, ours, peers, ProcessUsage.residentKilobytes(pair.server(Side.OURS).pid()),
                ProcessUsage.residentKilobytes(pair.server(Side.PEER).pid()), space(pair, cell));
    }
}
