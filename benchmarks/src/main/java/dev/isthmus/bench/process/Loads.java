package dev.isthmus.bench.process;

import dev.isthmus.bench.load.BlkLoad;
import dev.isthmus.bench.load.LoadCheck;
import dev.isthmus.bench.load.LoadPattern;
import dev.isthmus.bench.load.LoadResult;
import dev.isthmus.bench.load.LoadSpec;
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

/** The same load on some devices at once, by clients that sleep. */
final class Loads {
    private static final int BLOCK_BYTES = 4096;

    private Loads() {}

    static LoadSpec spec(Path socket, int queues, int depth, LoadPattern pattern, Duration duration) {
        return new LoadSpec(socket, queues, depth, pattern, BLOCK_BYTES, false, LoadSpec.THINK, Duration.ZERO, duration,
                -1,
                LoadCheck.NONE, 1);
    }

    /** @throws IOException when a device fails, or answers a request with an error */
    static void run(List<Path> sockets, int queues, int depth, LoadPattern pattern, Duration duration)
            throws IOException {
        List<Callable<LoadResult>> loads = new ArrayList<>();
        for (Path socket : sockets) {
            loads.add(() -> BlkLoad.run(spec(socket, queues, depth, pattern, duration), _ -> {}));
        }
        try (ExecutorService threads = Executors.newThreadPerTaskExecutor(
                Thread.ofPlatform().name("client-", 0).factory())) {
            for (Future<LoadResult> future : threads.invokeAll(loads)) {
                if (future.get().errors() > 0) {
                    throw new IOException("it answers wrongly: " + future.get());
                }
            }
        } catch (ExecutionException e) {
            throw new IOException(String.valueOf(e.getCause()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
