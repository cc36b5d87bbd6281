package dev.isthmus.architecture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The sources of every module of the tree. */
public final class SourceTree {

    private SourceTree() {}

    /** The directory that holds the parent POM: Maven says it; a test started otherwise finds it above itself. */
    public static Path root() {
        String named = System.getProperty("isthmus.root");
        if (named != null) {
            return Path.of(named);
        }
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(directory.resolve(".mvn"))) {
            directory = directory.getParent();
            if (directory == null) {
                throw new IllegalStateException("not inside the source tree");
            }
        }
        return directory;
    }

    /** The Java sources below {@code root/MODULE/src}, sorted. */
    public static List<Path> javaFiles(Path root) {
        var files = new ArrayList<Path>();
        try (Stream<Path> modules = Files.list(root)) {
            for (Path module : modules.filter(m -> Files.exists(m.resolve("pom.xml"))).sorted().toList()) {
                Path sources = module.resolve("src");
                if (Files.isDirectory(sources)) {
                    try (Stream<Path> all = Files.walk(sources)) {
                        files.addAll(all.filter(f -> f.toString().endsWith(".java")).sorted().toList());
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }

    /** Relative to {@code root}. */
    static List<String> faults(Path root) {
        var faults = new ArrayList<String>();
        for (Path file : javaFiles(root)) {
            faults.addAll(Tidy.faultsOf(root.relativize(file).toString(), read(file)));
        }
        faults.addAll(packagesWithoutNullMarked(root));
        return faults;
    }

    /** Each main package says that null is a bug, or says it where nobody looks. */
    static List<String> packagesWithoutNullMarked(Path root) {
        return javaFiles(root).stream()
                .filter(file -> root.relativize(file).toString().contains("/src/main/java/"))
                .map(Path::getParent).distinct()
                .filter(directory -> !isNullMarked(directory.resolve("package-info.java")))
                .map(directory -> root.relativize(directory) + ": no package-info.java with @NullMarked")
                .toList();
    }

    private static boolean isNullMarked(Path file) {
        return Files.exists(file) && read(file).lines().anyMatch(line -> line.strip().equals("@NullMarked"));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
