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
 * The block back-end's AOT cache, made as {@code bin/package} makes it, if there is none or it is older than the jars:
 * an emulated CPU starts a JVM with it in a third of the time.
 */
final class AotCache {

    private static final Path JAR = Host.ROOT.resolve("blk-backend/target/isthmus-blk.jar");
    private static final Path CACHE = JAR.resolveSibling("isthmus-blk.aot");

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
        if (isYoung()) {
            return;
        }
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
        Files.move(made, CACHE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static boolean isYoung() throws IOException {
        if (!Files.exists(CACHE)) {
            return false;
        }
        FileTime time = Files.getLastModifiedTime(CACHE);
        List<Path> jars = new ArrayList<>(List.of(JAR));
        try (Stream<Path> libraries = Files.list(JAR.resolveSibling("lib"))) {
            libraries.forEach(jars::add);
        }
        for (Path jar : jars) {
            if (Files.getLastModifiedTime(jar).compareTo(time) >= 0) {
                return false;
            }
        }
        return true;
    }
}
