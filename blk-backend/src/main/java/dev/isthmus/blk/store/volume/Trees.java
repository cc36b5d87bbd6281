package dev.isthmus.blk.store.volume;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Directories as a whole: made stable, linked, deleted, measured. */
final class Trees {
    private static final int STAT_BLOCK_BYTES = 512;

    private Trees() {}

    /** Space in bytes: all of it, and what other volumes or snapshots share. */
    record Space(long allocatedBytes, long sharedBytes) {
        Space plus(Space other) {
            return new Space(allocatedBytes + other.allocatedBytes, sharedBytes + other.sharedBytes);
        }
    }

    /** Makes what the directory lists, or the file's contents, stable. */
    static void sync(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    static List<Path> list(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.sorted().toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    /**
     * Another RocksDB directory with the contents of {@code from}, which nobody has open. Data files are never changed
     * once written, so they are shared; the few others are small and copied.
     */
    static void linkData(Path from, Path to) throws IOException {
        Files.createDirectory(to);
        for (Path file : list(from)) {
            Path copy = to.resolve(file.getFileName());
            if (file.toString().endsWith(".sst")) {
                Files.createLink(copy, file);
            } else if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                Files.copy(file, copy);
                sync(copy);
            }
        }
        sync(to);
    }

    /** Deletes a directory and what is in it; follows no link; what is gone already is well. */
    static void delete(Path directory) throws IOException {
        if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                if (e instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw e;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException e) throws IOException {
                if (e != null) {
                    throw e;
                }
                Files.deleteIfExists(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** What the files directly in a directory take, as far as they are there while they are counted. */
    static Space space(Path directory) throws IOException {
        long allocated = 0;
        long shared = 0;
        for (Path file : list(directory)) {
            try {
                int links = (int) Files.getAttribute(file, "unix:nlink", LinkOption.NOFOLLOW_LINKS);
                long bytes = allocatedBytes(file);
                allocated += bytes;
                shared += links > 1 ? bytes : 0;
            } catch (NoSuchFileException e) {
                continue; // compacted away meanwhile
            }
        }
        return new Space(allocated, shared);
    }

    /** Java tells no {@code st_blocks}; RocksDB's files have no holes, so it is their size in whole blocks. */
    private static long allocatedBytes(Path file) throws IOException {
        long size = Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) ? Files.size(file) : 0;
        return (size + STAT_BLOCK_BYTES - 1) / STAT_BLOCK_BYTES * STAT_BLOCK_BYTES;
    }
}
