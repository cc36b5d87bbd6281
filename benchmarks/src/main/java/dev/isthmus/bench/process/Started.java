package dev.isthmus.bench.process;

import dev.isthmus.bench.rig.Cleanup;
import dev.isthmus.bench.rig.Pin;
import dev.isthmus.bench.rig.ProcessUsage;
import dev.isthmus.bench.rig.Server;
import dev.isthmus.bench.rig.UnixHttp;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** A server that was started with some devices, and how long that took. */
final class Started {
    private static final double NANOS_PER_MILLI = 1e6;

    private final Server server;
    private final List<Path> sockets;
    private final double socketMillis;
    private final double managementMillis;
    private final double cpuMillis;

    private Started(Cleanup cleanup, Form form, List<Path> sockets, Path image, Path log) throws IOException {
        this.sockets = sockets;
        long begin = System.nanoTime();
        server = Server.start(cleanup, Pin.OFF, log, form.command(sockets, image));
        server.awaitListening(sockets.getLast());
        socketMillis = (System.nanoTime() - begin) / NANOS_PER_MILLI;
        if (form.isOurs()) {
            UnixHttp.await(OurProcess.managementSocket(sockets.getFirst()), "/actuator/health");
        }
        managementMillis = (System.nanoTime() - begin) / NANOS_PER_MILLI;
        // Of the ticks: threads that compile may have ended already.
        cpuMillis = ProcessUsage.of(server.pid()).tickNanos() / NANOS_PER_MILLI;
        if (server.maps(OurProcess.CACHE.getFileName().toString()) != (form == Form.CACHE)) {
            throw server.failure(form == Form.CACHE ? "does not use its cache: run bin/package" : "uses a cache");
        }
    }

    /** Starts, and waits until it answers for all it has. */
    static Started start(Cleanup cleanup, Form form, int devices, Path image, Path directory) throws IOException {
        List<Path> sockets = IntStream.range(0, devices).mapToObj(i -> directory.resolve(form.text() + i + ".sock"))
                .toList();
        return new Started(cleanup, form, sockets, image, directory.resolve(form.text() + ".log"));
    }

    Server server() {
        return server;
    }

    List<Path> sockets() {
        return sockets;
    }

    /** From starting it to the last device's socket. */
    double socketMillis() {
        return socketMillis;
    }

    /** From starting it to its health; it has none if it is not ours. */
    double managementMillis() {
        return managementMillis;
    }

    /** Processor time of all its threads until then. */
    double cpuMillis() {
        return cpuMillis;
    }

    /** RssAnon + RssFile, in units of 2^20 bytes. */
    double megabytes() throws IOException {
        return ProcessUsage.residentKilobytes(server.pid()) / 1024.0;
    }
}
