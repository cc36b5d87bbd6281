package dev.isthmus.blk.app.volume;

import dev.isthmus.blk.store.volume.Compression;
import dev.isthmus.blk.store.volume.VolumeException;
import dev.isthmus.blk.store.volume.VolumeReference;
import dev.isthmus.blk.store.volume.Volumes;
import java.io.PrintStream;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.springframework.boot.json.JsonWriter;
import picocli.CommandLine.ParseResult;

/** What was given to a subcommand, and where its answer goes. */
final class VolumeArguments {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,18})([KMGT]?)");
    private static final String SIZE_UNITS = "KMGT";
    private static final int BLOCK_BYTES_DEFAULT = 4096;

    /** Of the program, of the group and of the subcommand: an option may stand behind each. */
    private final List<ParseResult> levels;
    private final PrintStream out;
    private final PrintStream err;

    VolumeArguments(List<ParseResult> levels, PrintStream out, PrintStream err) {
        this.levels = levels;
        this.out = out;
        this.err = err;
    }

    Volumes volumes() {
        return Volumes.in(path(option(VolumeModel.DIRECTORY, Volumes.DEFAULT_DIRECTORY)));
    }

    String text(int position) {
        return levels.getLast().matchedPositionalValue(position, "");
    }

    VolumeReference reference(int position) throws VolumeException {
        return VolumeReference.parse(text(position));
    }

    Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("\"" + text + "\" is no path", e);
        }
    }

    boolean has(String option) {
        return levels.stream().anyMatch(level -> level.hasMatchedOption(option));
    }

    String option(String name, String otherwise) {
        String value = otherwise;
        for (ParseResult level : levels) {
            value = level.matchedOptionValue(name, value);
        }
        return value;
    }

    Compression compression() {
        return Compression.of(option(VolumeModel.COMPRESSION, Compression.LZ4.text()));
    }

    int blockBytes() {
        long bytes = bytes(option(VolumeModel.BLOCK, Integer.toString(BLOCK_BYTES_DEFAULT)));
        return (int) Math.min(bytes, Integer.MAX_VALUE);
    }

    long sizeBytes() {
        return bytes(option(VolumeModel.SIZE, ""));
    }

    private static long bytes(String text) {
        var size = SIZE.matcher(text);
        if (size.matches()) {
            int shift = size.group(2).isEmpty() ? 0 : 10 * (SIZE_UNITS.indexOf(size.group(2)) + 1);
            long number = Long.parseLong(size.group(1));
            if (number <= Long.MAX_VALUE >> shift) {
                return number << shift;
            }
        }
        throw new IllegalArgumentException("\"" + text + "\" is no size, such as 10G");
    }

    boolean json() {
        return has(VolumeModel.JSON);
    }

    /** The answer: {@code json} if that is wanted, else {@code text}. */
    void answer(Object json, String text) {
        if (json()) {
            out.print(JsonWriter.standard().withNewLineAtEnd().writeToString(json));
        } else if (!text.isEmpty()) {
            out.println(text);
        }
    }

    /** The answer of what only does something. */
    void done(String name, String sentence) {
        answer(Map.of("name", name), sentence);
    }

    ProgressLine progress(String what) {
        return new ProgressLine(err, what, System.console() != null && System.console().isTerminal());
    }
}
