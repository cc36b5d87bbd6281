package dev.isthmus.e2e;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The kernel, the initrd and the disk of tools, made from Debian packages on first use, and how guests run here. */
record GuestFiles(Path kernel, Path initrd, Path tools, List<String> accelerator) {

    private static final Duration BUILD_LIMIT = Duration.ofMinutes(10);

    private static GuestFiles made;

    static synchronized GuestFiles get() throws IOException, InterruptedException {
        if (made == null) {
            String scripts = Host.ROOT + "/e2e-tests/guest/";
            Path directory = Host.ROOT.resolve("target/guest");
            Host.run(BUILD_LIMIT, scripts + "build-guest.sh", "--tools", directory.toString());
            String accelerator = Host.run(scripts + "accelerator.sh", directory.toString());
            made = new GuestFiles(directory.resolve("vmlinuz"), directory.resolve("initrd.img"),
                    directory.resolve("tools.img"), List.of(accelerator.split(" ")));
        }
        return made;
    }
}
