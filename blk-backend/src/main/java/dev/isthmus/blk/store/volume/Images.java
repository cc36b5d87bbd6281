package dev.isthmus.blk.store.volume;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Images that are not raw, through {@code qemu-img} where it is installed. */
final class Images {
    static final String RAW = "raw";

    private Images() {}

    /** Makes {@code to} the same contents in another format. */
    static void convert(Path from, String fromFormat, Path to, String toFormat) throws IOException {
        run(List.of("qemu-img", "convert", "-f", fromFormat, "-O", toFormat, from.toString(), to.toString()));
    }

    private static void run(List<String> command) throws IOException {
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new VolumeException("other formats than raw need qemu-img, which is not installed", e);
        }
        try {
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (process.waitFor() != 0) {
                throw new VolumeException(said.isEmpty() ? "qemu-img failed" : said);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new VolumeException("interrupted", e);
        } finally {
            process.destroyForcibly();
        }
    }
}
