package dev.isthmus.bench.process;

import dev.isthmus.bench.load.BlkLoad;
import dev.isthmus.bench.load.LoadPattern;
import dev.isthmus.bench.rig.ProcessUsage;
import dev.isthmus.bench.rig.Rig;
import dev.isthmus.bench.rig.Tmpfs;
import dev.isthmus.bench.rig.UnixHttp;
import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The rounds: in each, every form is started anew for every figure; the order of the forms changes. */
final class Rounds {
    private static final long IMAGE_BYTES = 64L << 20;
    private static final int QUEUES = 4;
    private static final int HEAVY_DEPTH = 32;

    private final Rig rig;
    private final Lengths lengths;
    private final Path image;
    private final ProcessFigures figures = new ProcessFigures();

    /**
     * How long and how much.
     *
     * @param settle from health to the look at the memory, so that what the start freed has gone back
     * @param load each load
     * @param idle over which idle devices are watched
     * @param devices in {@link Figure#MANY}
     */
    record Lengths(Duration settle, Duration load, Duration idle, int devices) {}

    Rounds(Rig rig, Lengths lengths) throws IOException {
        this.rig = rig;
        this.lengths = lengths;
        this.image = Tmpfs.mount(rig.cleanup(), rig.directory().resolve("images"), 2 * IMAGE_BYTES).resolve("image");
        try (var file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(IMAGE_BYTES);
        }
    }

    ProcessFigures figures() {
        return figures;
    }

    /** One of each form, so that all programs are in the page cache. */
    void warmUp() throws IOException {
        new BridgeRound(rig, lengths, new ProcessFigures()).start();
        for (Form form : Form.BACKENDS) {
            rig.cleanup().release(start(form, 1).server());
        }
    }

    void round(int number) throws IOException {
        List<Form> forms = Form.BACKENDS;
        if (number % 2 == 0) {
            forms = forms.reversed();
        }
        for (Form form : forms) {
            many(form, one(form));
        }
        idle(forms);
        var bridge = new BridgeRound(rig, lengths, figures);
        bridge.start();
        bridge.serve(image);
    }

    private Started start(Form form, int devices) throws IOException {
        return Started.start(rig.cleanup(), form, devices, image, rig.directory());
    }

    /** Returns the memory under light load. */
    private double one(Form form) throws IOException {
        Started started = start(form, 1);
        figures.add(form, Figure.SOCKET, started.socketMillis());
        if (form.isOurs()) {
            figures.add(form, Figure.MANAGEMENT, started.managementMillis());
            figures.add(form, Figure.START_CPU, started.cpuMillis());
        }
        pause(lengths.settle);
        figures.add(form, Figure.IDLE, started.megabytes());
        double light = most(form, started, () -> light(started));
        figures.add(form, Figure.LIGHT, light);
        figures.add(form, Figure.HEAVY, most(form, started, () -> {
            Loads.run(started.sockets(), QUEUES, HEAVY_DEPTH, LoadPattern.RANDREAD, lengths.load);
            Loads.run(started.sockets(), Form.QUEUES, HEAVY_DEPTH, LoadPattern.RANDWRITE, lengths.load);
        }));
        rig.cleanup().release(started.server());
        return light;
    }

    /** @param first what one device takes under the same load */
    private void many(Form form, double first) throws IOException {
        Started started = start(form, lengths.devices);
        pause(lengths.settle);
        double all = most(form, started, () -> light(started));
        rig.cleanup().release(started.server());
        figures.add(form, Figure.MANY, all);
        figures.add(form, Figure.EACH, (all - first) / (lengths.devices - 1));
    }

    private void light(Started started) throws IOException {
        Loads.run(started.sockets(), QUEUES, 1, LoadPattern.RANDREAD, lengths.load);
    }

    private interface Work {
        void run() throws IOException;
    }

    private static double most(Form form, Started started, Work work) throws IOException {
        try (var watch = MemoryWatch.start(started.server().pid())) {
            work.run();
            if (form.isOurs()) {
                UnixHttp.get(OurProcess.managementSocket(started.sockets().getFirst()), "/actuator/prometheus");
            }
            return Math.max(watch.mostMegabytes(), started.megabytes());
        } catch (IOException e) {
            throw started.server().failure("fails: " + e.getMessage());
        }
    }

    /** All forms at once: whoever is idle disturbs nobody. */
    private void idle(List<Form> forms) throws IOException {
        Map<Form, Started> servers = new EnumMap<>(Form.class);
        List<Closeable> held = new ArrayList<>();
        try {
            for (Form form : forms) {
                Started started = start(form, Figure.IDLE_DEVICES);
                servers.put(form, started);
                for (Path socket : started.sockets()) {
                    held.add(BlkLoad.hold(Loads.spec(socket, QUEUES, 1, LoadPattern.RANDREAD, lengths.load)));
                }
            }
            pause(lengths.settle);
            Map<Form, ProcessUsage> before = new EnumMap<>(Form.class);
            for (Map.Entry<Form, Started> server : servers.entrySet()) {
                before.put(server.getKey(), ProcessUsage.of(server.getValue().server().pid()));
            }
            long begin = System.nanoTime();
            pause(lengths.idle);
            for (Map.Entry<Form, Started> server : servers.entrySet()) {
                long nanos = System.nanoTime() - begin;
                ProcessUsage now = ProcessUsage.of(server.getValue().server().pid());
                figures.add(server.getKey(), Figure.IDLE_CPU,
                        100.0 * now.nanosSince(before.getOrDefault(server.getKey(), now)) / nanos);
            }
        } finally {
            for (Closeable device : held) {
                device.close();
            }
        }
        for (Started started : servers.values()) {
            rig.cleanup().release(started.server());
        }
    }

    static void pause(Duration duration) throws IOException {
        try {
            new CountDownLatch(1).await(duration.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
