package dev.isthmus.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What a part of {@code bin/test} has to say besides passed and failed, which is printed under its result. */
final class Figures {

    private Figures() {
    }

    /** Adds lines to those of a part, which {@code bin/test} begins anew. */
    static void write(String part, String lines) throws IOException {
        Path directory = Files.createDirectories(Host.ROOT.resolve("target/test-logs"));
        Files.writeString(directory.resolve(part + ".txt"), lines, StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }
}
