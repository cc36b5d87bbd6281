package dev.isthmus.e2e;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** {@code bin/isthmus-blk volume}, as an operator runs it. */
final class VolumeCommand {

    private static final Duration LIMIT = Duration.ofSeconds(120);

    private VolumeCommand() {
    }

    /** What it printed; an exit status other than 0 fails the test. */
    static String run(Path volumes, String... arguments) throws IOException, InterruptedException {
        var command = List.of(Host.ROOT.resolve("bin/isthmus-blk").toString(), "volume", "--volumes-dir=" + volumes);
        return Host.run(LIMIT, Stream.concat(command.stream(), Stream.of(arguments)).toArray(String[]::new));
    }
}
