package dev.isthmus.blk.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code bin/isthmus-blk} with AOT caches, good and bad: a bad one is left unused without a word. */
class LauncherIT {
    private static final Path ROOT = Path.of(System.getProperty("isthmus.root"));
    private static final int LIMIT_SECONDS = 120;
    private static final String LOG_LINE = "\\d{4}-\\d\\d-\\d\\dT\\S+ INFO  \\[[^]]+] .*";

    @TempDir
    static Path shared;

    private static Path good;

    @TempDir
    Path directory;

    /** What a process said and did. */
    private record Life(boolean usedCache, int status, String stdout, String stderr) {}

    @BeforeAll
    static void makeCache() throws Exception {
        good = shared.resolve("good.aot");
        live(ROOT, Path.of(""), "-XX:AOTCacheOutput=" + good);
        assertThat(good).isNotEmptyFile();
    }

    /** Starts a process, lets it come up, and ends it. */
    private static Life live(Path root, Path cache, String flags) throws Exception {
        Path home = Files.createTempDirectory(shared, "life");
        Path socket = home.resolve("a.sock");
        Path stdout = home.resolve("stdout");
        Path stderr = home.resolve("stderr");
        var builder = new ProcessBuilder(root.resolve("bin/isthmus-blk").toString(), "--socket-path=" + socket,
                "--store=null", "--size=1M").redirectOutput(stdout.toFile()).redirectError(stderr.toFile());
        builder.environment().put("ISTHMUS_AOT_CACHE", cache.toString());
        builder.environment().put("ISTHMUS_JAVA_OPTS", flags);
        Process process = builder.start();
        try {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
            while (!Files.readString(stderr).contains("management listens on ")) {
                assertThat(process.waitFor(20, TimeUnit.MILLISECONDS)).as(Files.readString(stderr)).isFalse();
                assertThat(System.nanoTime()).as("comes up in time").isLessThan(deadline);
            }
            boolean used = Files.readString(Path.of("/proc/" + process.pid() + "/maps")).contains(".aot");
            process.destroy(); // SIGTERM
            assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).as("ends in time").isTrue();
            return new Life(used, process.exitValue(), Files.readString(stdout), Files.readString(stderr));
        } finally {
            process.destroyForcibly();
        }
    }

    private static void assertSaysNothingOfIt(Life life) {
        assertThat(life.status()).isZero();
        assertThat(life.stdout()).isEmpty();
        assertThat(life.stderr().lines()).isNotEmpty().allMatch(line -> line.matches(LOG_LINE));
    }

    @Test
    void cacheThatFitsIsUsed() throws Exception {
        Life life = live(ROOT, good, "");

        assertThat(life.usedCache()).isTrue();
        assertSaysNothingOfIt(life);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 100, 10_000_000})
    void cacheThatWasCutOffIsLeftUnused(int bytes) throws Exception {
        Path cut = Files.write(directory.resolve("cut.aot"), Arrays.copyOf(Files.readAllBytes(good), bytes));

        Life life = live(ROOT, cut, "");

        assertThat(life.usedCache()).isFalse();
        assertSaysNothingOfIt(life);
    }

    @Test
    void fileThatIsNoCacheIsLeftUnused() throws Exception {
        Life life = live(ROOT, Files.writeString(directory.resolve("text.aot"), "This is no cache.".repeat(1000)), "");

        assertThat(life.usedCache()).isFalse();
        assertSaysNothingOfIt(life);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "no/such.aot"})
    void cacheIsNotNeeded(String cache) throws Exception {
        Life life = live(ROOT, Path.of(cache), "");

        assertThat(life.usedCache()).isFalse();
        assertSaysNothingOfIt(life);
    }

    @Test
    void flagsTheCacheWasNotMadeWithCostOnlyTheCache() throws Exception {
        Life life = live(ROOT, good, "-XX:-UseCompactObjectHeaders");

        assertThat(life.usedCache()).isFalse();
        assertSaysNothingOfIt(life);
    }

    @Test
    void cacheHoldsForACopyInAnotherPlace() throws Exception {
        Life life = live(copyOfTheProgram(), good, "");

        assertThat(life.usedCache()).isTrue();
        assertSaysNothingOfIt(life);
    }

    /** Of an older one and of a newer one. */
    @ParameterizedTest
    @ValueSource(strings = {"2001-01-01T00:00:00Z", "2101-01-01T00:00:00Z"})
    void cacheOfAnotherBuildIsLeftUnused(String time) throws Exception {
        Path copy = copyOfTheProgram();
        Files.setLastModifiedTime(copy.resolve("blk-backend/target/isthmus-blk.jar"),
                FileTime.from(Instant.parse(time)));

        Life life = live(copy, good, "");

        assertThat(life.usedCache()).isFalse();
        assertSaysNothingOfIt(life);
    }

    private Path copyOfTheProgram() throws IOException {
        for (String part : List.of("bin", "blk-backend/target/lib", "blk-backend/target/isthmus-blk.jar")) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(part))) {
                for (Path file : files.toList()) {
                    Path to = directory.resolve(ROOT.relativize(file));
                    Files.createDirectories(to.getParent());
                    Files.copy(file, to, StandardCopyOption.COPY_ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
                }
            }
        }
        return directory;
    }
}
