package dev.isthmus.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * AOT caches of the block back-end and of the Xen bridge, made as {@code bin/package} makes them, if there is none or
 * it is older than the jars: an emulated CPU starts a JVM with it in a third of the time.
 */
final class AotCache {

    private static final Path BACKEND = Host.ROOT.resolve("blk-backend/target/isthmus-blk.jar");
    private static final Path BRIDGE = Host.ROOT.resolve("xen-bridge/target/isthmus-xen.jar");

    private static final int FRONTENDS = 20;

    /** At its end the JVM starts another one that writes the cache. */
    private static final Duration END_LIMIT = Duration.ofSeconds(120);

    /** No code for the processor it is made on: an older one, such as an emulated one, would end by SIGILL. */
    private static final String FLAGS = "-XX:-AOTAdapterCaching -XX:-AOTStubCaching -XX:-AOTRecordTraining"
            + " -XX:AOTCacheOutput=";

    private AotCache() {
    }

    /** @param directory for sockets, images and what is made on the way */
    static void refresh(Path directory) throws IOException, InterruptedException {
        if (!isYoung(BACKEND)) {
            trainBackend(directory);
        }
        if (!isYoung(BRIDGE)) {
            Path made = directory.resolve("bridge.aot").toAbsolutePath();
            Host.run(END_LIMIT, "env", "ISTHMUS_AOT_CACHE=", "ISTHMUS_JAVA_OPTS=" + FLAGS + made, Host.ROOT.resolve(
                    "bin/isthmus-xen").toString(), "rehearse");
            Files.move(made, cache(BRIDGE), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static Path cache(Path jar) {
        return jar.resolveSibling(jar.getFileName().toString().replace(".jar", ".aot"));
    }

    private static void trainBackend(Path directory) throws IOException, InterruptedException {
        Path made = directory.resolve("made.aot").toAbsolutePath();
        Disk disk = Disk.of("train", directory, Images.sparse(directory.resolve("train.img"), 16 * Images.MEBIBYTE))
                .withQueues(2);
        try (BackendProcess backend = BackendProcess.serveWith(Map.of("ISTHMUS_AOT_CACHE", "",
                "ISTHMUS_JAVA_OPTS", FLAGS + made), "train", disk)) {
            for (int i = 0; i < FRONTENDS; i++) {
                FrontendCycle.STOPS_ITS_RINGS.run(disk.socket(), i);
            }
            backend.management().get("/actuator/health");
            backend.management().get("/actuator/prometheus");
            backend.stop(END_LIMIT);
        }
        Files.move(made, cache(BACKEND), StandardCopyOption.REPLACE_EXISTING);
    }

    private static boolean isYoung(Path jar) throws IOException {
        if (!Files.exists(cache(jar))) {
            return false;
        }
        FileTime time = Files.getLastModifiedTime(cache(jar));
        List<Path> jars = new ArrayList<>(List.of(jar));
        try (Stream<Path> libraries = Files.list(jar.resolveSibling("lib"))) {
            libraries.forEach(jars::add);
        }
        for (Path part : jars) {
            if (Files.getLastModifiedTime(part).compareTo(time) >= 0) {
                return false;
            }
        }
        return true;
    }
}
