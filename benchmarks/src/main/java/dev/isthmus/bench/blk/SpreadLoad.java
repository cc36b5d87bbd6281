package dev.isthmus.bench.blk;

import dev.isthmus.bench.load.LoadCheck;
import dev.isthmus.bench.load.LoadPattern;
import dev.isthmus.bench.load.LoadResult;
import dev.isthmus.bench.load.LoadSpec;
import dev.isthmus.bench.rig.SharedClock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** One load on each device of a server, all at once. The clients sleep: many that poll would only hinder each other. */
final class SpreadLoad {
    private final Load load;
    private final Settings settings;
    private final Pair pair;
    private final Spread spread;

    SpreadLoad(Load load, Settings settings, Pair pair, Spread spread) {
        this.load = load;
        this.settings = settings;
        this.pair = pair;
        this.spread = spread;
    }

    /** @param iops of all devices together */
    record Outcome(double iops, double cpuMicrosPerIo) {}

    Outcome measure(Side side, Duration warmUp, Duration duration) throws IOException {
        var clock = new SharedClock(pair.server(side).pid(), spread.devices());
        List<Callable<LoadResult>> loads = new ArrayList<>();
        for (Path socket : pair.sockets(side)) {
            var spec = new LoadSpec(socket, spread.queues(), spread.depth(), LoadPattern.RANDREAD,
                    Operation.RANDREAD_4K.blockBytes(), false, settings.think(), warmUp, duration, settings.pin()
                            .clientCpu(),
                    LoadCheck.NONE, loads.size());
            loads.add(() -> load.run(spec, clock));
        }
        double iops = 0;
        for (LoadResult result : results(side, loads)) {
            if (result.errors() > 0) {
                throw pair.server(side).failure("answers wrongly: " + result);
            }
            iops += result.iops();
        }
        if (iops == 0) {
            throw pair.server(side).failure("answers nothing");
        }
        pair.scraper().check();
        return new Outcome(iops, clock.processors() * 1e6 / iops);
    }

    private List<LoadResult> results(Side side, List<Callable<LoadResult>> loads) throws IOException {
        try (ExecutorService threads = Executors.newThreadPerTaskExecutor(Thread.ofPlatform().name("client-", 0)
                .factory())) {
            var results = new ArrayList<LoadResult>();
            for (Future<LoadResult> future : threads.invokeAll(loads)) {
                results.add(future.get());
            }
            return results;
        } catch (ExecutionException e) {
            throw pair.server(side).failure("fails: " + e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
