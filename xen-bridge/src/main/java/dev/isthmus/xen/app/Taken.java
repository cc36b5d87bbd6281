package dev.isthmus.xen.app;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which of a toolstack's native devices are taken from the kernel.
 *
 * @param kernel who gets those that are not; null when none is taken
 * @param vbd disks whose target says so
 * @param vifSockets where cards are: those of which the socket {@code NAME.sock} is there, NAME being that of their
 *            interface; null: none is taken
 */
record Taken(@Nullable KernelDevices kernel, boolean vbd, @Nullable Path vifSockets) {
    private static final String SUFFIX = ".sock";

    static final Taken NOTHING = new Taken(null, false, null);

    /** Where the back-end of a card listens, if it is ours; by the name of its interface. */
    Optional<Path> vifSocket(String name) {
        Path directory = vifSockets;
        // A name of an interface, and no way out of the directory.
        if (directory == null || name.isEmpty() || name.startsWith(".") || name.contains("/")) {
            return Optional.empty();
        }
        Path socket = directory.resolve(name + SUFFIX);
        return Files.exists(socket) ? Optional.of(socket) : Optional.empty();
    }
}
