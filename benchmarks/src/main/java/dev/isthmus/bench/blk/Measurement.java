package dev.isthmus.bench.blk;

import dev.isthmus.bench.load.LoadCheck;
import dev.isthmus.bench.load.LoadPattern;
import dev.isthmus.bench.load.LoadResult;
import dev.isthmus.bench.load.LoadSpec;
import dev.isthmus.bench.rig.ProcessClock;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;

/** One load on one server with the server's processor time, and what must be true of both. */
final class Measurement {
    private static final Duration CHECK = Duration.ofMillis(200);
    private static final Duration FILL = Duration.ofSeconds(1);
    private static final long FILL_MILLIS_MAX = 60_000;
    private static final int FILL_DEPTH = 32;
    private static final int FILL_TRIES = 5;
    /** On a machine that does much else, either server may get no processor for half a second. */
    private static final int STARVED_TRIES = 3;

    private final Load load;
    private final Settings settings;
    private final Pair pair;
    private int clockDisagreements;

    Measurement(Load load, Settings settings, Pair pair) {
        this.load = load;
        this.settings = settings;
        this.pair = pair;
    }

    /** Times at which the two clocks of a server's processor time did not tell the same. */
    int clockDisagreements() {
        return clockDisagreements;
    }

    /** Makes every sector of the image begin with its number: by writing through the server that will be read from. */
    void fill(Side side) throws IOException {
        Duration duration = FILL;
        int blockBytes = Operation.SEQWRITE_128K.blockBytes();
        for (int i = 0; i < FILL_TRIES; i++) {
            LoadResult result = checked(side, spec(side, LoadPattern.SEQWRITE, blockBytes, duration), started -> {});
            if (result.requests() * blockBytes >= pair.store().bytes()) {
                return;
            }
            double part = Math.max(1, result.requests()) * (double) blockBytes / pair.store().bytes();
            duration = Duration.ofMillis((long) Math.min(duration.toMillis() * 1.3 / part, FILL_MILLIS_MAX));
        }
        throw pair.server(side).failure("does not get its image written");
    }

    /** Reads here and there after something wrote. */
    void readBack(Side side) throws IOException {
        checked(side, spec(side, LoadPattern.RANDREAD, Operation.RANDREAD_4K.blockBytes(), CHECK), started -> {});
    }

    private LoadSpec spec(Side side, LoadPattern pattern, int blockBytes, Duration duration) {
        return new LoadSpec(pair.sockets(side).getFirst(), 1, FILL_DEPTH, pattern, blockBytes, true, Duration.ZERO,
                Duration.ZERO,
                duration, settings.pin().clientCpu(), pattern.isWrite() ? LoadCheck.NONE : LoadCheck.SECTOR_NUMBERS, 1);
    }

    /** One round's part of a server. */
    Figures measure(Side side, Cell cell, Duration warmUp, Duration duration, long seed) throws IOException {
        var spec = new LoadSpec(pair.sockets(side).getFirst(), cell.depth().queues(), cell.depth().perQueue(),
                cell.operation().pattern(), cell.operation().blockBytes(), cell.poll(), settings.think(), warmUp,
                duration,
                settings.pin().clientCpu(),
                cell.operation().pattern().isWrite() ? LoadCheck.NONE : cell.store().check(), seed)
                .withFlushes(cell.operation().flushEvery());
        for (int i = 0; i < STARVED_TRIES; i++) {
            var clock = new ProcessClock(pair.server(side).pid());
            LoadResult result = checked(side, spec, clock);
            if (cell.store() == Store.ROCKSDB) {
                pair.settle(side);
            }
            if (result.requests() > 0) {
                clockDisagreements += clock.agrees() ? 0 : 1;
                return Figures.of(result, clock.nanos());
            }
        }
        throw pair.server(side).failure("answers nothing in " + duration + ", " + STARVED_TRIES + " times: " + spec);
    }

    /** A figure of wrong answers is none. */
    private LoadResult checked(Side side, LoadSpec spec, Consumer<Boolean> counting) throws IOException {
        LoadResult result;
        try {
            result = load.run(spec, counting);
        } catch (IOException e) {
            throw new IOException(pair.server(side).failure("fails: " + e.getMessage()).getMessage(), e);
        }
        if (result.errors() > 0 || result.mismatches() > 0) {
            throw pair.server(side).failure("answers wrongly: " + result + " to " + spec);
        }
        if (result.checked() == 0 && result.requests() > 0 && spec.check() != LoadCheck.NONE) {
            throw new IOException("nothing of what was read was checked: " + spec);
        }
        pair.scraper().check();
        return result;
    }
}
