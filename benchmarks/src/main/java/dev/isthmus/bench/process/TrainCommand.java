package dev.isthmus.bench.process;

import dev.isthmus.bench.load.BlkLoad;
import dev.isthmus.bench.load.LoadCheck;
import dev.isthmus.bench.load.LoadPattern;
import dev.isthmus.bench.load.LoadResult;
import dev.isthmus.bench.load.LoadSpec;
import dev.isthmus.bench.rig.Pin;
import dev.isthmus.bench.rig.Rig;
import dev.isthmus.bench.rig.Server;
import dev.isthmus.bench.rig.UnixHttp;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * {@code bin/bench train}: lets the back-ends do what they do in every life, so that the JVM writes down which classes
 * that takes, and puts what it wrote beside the jar. What is rare is left out, since a process loads all that
 * is in a cache, whether it needs it or not.
 */
@Command(name = "train", mixinStandardHelpOptions = true,
        description = "Makes the AOT caches with which bin/isthmus-blk and bin/isthmus-net start; bin/package runs"
                + " it.")
public final class TrainCommand implements Callable<Integer> {
    private static final long BYTES = 4L << 20;
    private static final Duration LOAD = Duration.ofSeconds(1);
    /** At its end the JVM starts another one that writes the cache. */
    private static final double END_SECONDS = 120;
    /**
     * What is not to be in the cache: code for the processor it is made on, with which an older one would end by
     * SIGILL; and what was hot, which each process would compile at its start, at the price of 10 MB for a faster first
     * second.
     */
    private static final List<String> LEAN = List.of("-XX:-AOTAdapterCaching", "-XX:-AOTStubCaching",
            "-XX:-AOTRecordTraining");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        Rig rig = Rig.open(spec.commandLine().getErr());
        try (rig) {
            Path made = rig.directory().resolve("made");
            train(rig, made);
            Path beside = beside(made, OurProcess.CACHE);
            check(rig, "blk", OurProcess::command, "store=null,size=" + BYTES, beside);
            ship(beside, OurProcess.CACHE);
            Path netMade = rig.directory().resolve("net-made");
            trainNet(rig, netMade);
            Path netBeside = beside(netMade, OurProcess.NET_CACHE);
            check(rig, "net", OurProcess::netCommand, "uplink=loopback", netBeside);
            ship(netBeside, OurProcess.NET_CACHE);
        }
        return rig.isClean() ? 0 : 1;
    }

    private static Path beside(Path made, Path cache) throws IOException {
        Path beside = cache.resolveSibling(cache.getFileName() + ".new");
        Files.copy(made, beside, StandardCopyOption.REPLACE_EXISTING);
        return beside;
    }

    private void ship(Path made, Path cache) throws IOException {
        Files.move(made, cache, StandardCopyOption.ATOMIC_MOVE);
        spec.commandLine().getOut().printf("%s, %d MiB%n", cache, Files.size(cache) >> 20);
    }

    /** How one of the programs is started. */
    private interface Program {
        List<String> command(Path cache, List<String> flags, List<String> devices);
    }

    private static void train(Rig rig, Path cache) throws IOException {
        Path image = rig.directory().resolve("image");
        try (var file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(BYTES);
        }
        List<Path> sockets = new ArrayList<>();
        List<String> devices = new ArrayList<>();
        for (String store : List.of("store=null,size=" + BYTES, "store=memory,size=" + BYTES, "blk-file=" + image)) {
            sockets.add(rig.directory().resolve(sockets.size() + ".sock"));
            devices.add("socket-path=" + sockets.getLast() + "," + store);
        }
        List<String> flags = new ArrayList<>(LEAN);
        flags.add("-XX:AOTCacheOutput=" + cache);
        Server server = Server.start(rig.cleanup(), Pin.OFF, rig.directory().resolve("train.log"),
                OurProcess.command(Path.of(""), flags, devices), END_SECONDS);
        for (Path socket : sockets) {
            server.awaitListening(socket);
            load(server, socket, LoadPattern.RANDWRITE);
            load(server, socket, LoadPattern.RANDREAD);
        }
        end(rig, server, sockets.getFirst(), cache);
    }

    /** Until its socket listens and it is asked about itself: no card is connected. */
    private static void trainNet(Rig rig, Path cache) throws IOException {
        Path socket = rig.directory().resolve("net.sock");
        List<String> flags = new ArrayList<>(LEAN);
        flags.add("-XX:AOTCacheOutput=" + cache);
        Server server = Server.start(rig.cleanup(), Pin.OFF, rig.directory().resolve("train-net.log"),
                OurProcess.netCommand(Path.of(""), flags, List.of("socket-path=" + socket + ",uplink=loopback")),
                END_SECONDS);
        server.awaitListening(socket);
        end(rig, server, socket, cache);
    }

    private static void end(Rig rig, Server server, Path socket, Path cache) throws IOException {
        for (String path : List.of("/actuator/health", "/actuator/prometheus", "/devices")) {
            UnixHttp.await(OurProcess.managementSocket(socket), path);
        }
        rig.cleanup().release(server);
        if (!Files.exists(cache)) {
            throw server.failure("made no cache");
        }
    }

    private static void load(Server server, Path socket, LoadPattern pattern) throws IOException {
        LoadResult result = BlkLoad.run(new LoadSpec(socket, 2, 16, pattern, 4096, false, LoadSpec.THINK, Duration.ZERO,
                LOAD, -1,
                LoadCheck.NONE, 1), _ -> {});
        if (result.errors() > 0) {
            throw server.failure("answers wrongly: " + result);
        }
    }

    /** The JVM says nothing when it cannot use a cache. */
    private static void check(Rig rig, String name, Program program, String device, Path cache) throws IOException {
        Path socket = rig.directory().resolve("check-" + name + ".sock");
        Server server = Server.start(rig.cleanup(), Pin.OFF, rig.directory().resolve("check-" + name + ".log"), program
                .command(cache, List.of(), List.of("socket-path=" + socket + "," + device)));
        server.awaitListening(socket);
        if (!server.maps(cache.toString())) {
            throw server.failure("does not use the cache it made");
        }
        rig.cleanup().release(server);
    }
}
