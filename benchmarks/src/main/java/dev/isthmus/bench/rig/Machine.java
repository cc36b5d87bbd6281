package dev.isthmus.bench.rig;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What figures were taken on. */
public final class Machine {
    private Machine() {}

    public static String describe() {
        return "Linux " + System.getProperty("os.version") + ", " + Pin.cpus() + " CPUs (" + model() + "), Java "
                + Runtime.version();
    }

    private static String model() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name")).findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).strip()).orElse("of an unknown kind");
        } catch (IOException e) {
            return "of an unknown kind";
        }
    }
}
