package dev.isthmus.xen.app;

import dev.isthmus.xen.blkif.BlkifCounters;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What others may know about a device, as it was at the last look; what its disk says about itself is of now.
 *
 * @param disk while there is one
 * @param refused why the guest is not served, if what it wrote could not be
 */
record DeviceView(DeviceId id, Path socket, GuestDevice.Phase phase, @Nullable GuestDisk disk,
        @Nullable String refused) {
    /** Whether a guest is served. */
    boolean isConnected() {
        return phase == GuestDevice.Phase.CONNECTED || phase == GuestDevice.Phase.DISCONNECTING;
    }

    boolean isBackendConnected() {
        return disk != null && disk.isBackendConnected();
    }

    Optional<BlkifCounters> counters() {
        return disk == null ? Optional.empty() : Optional.of(disk.counters());
    }

    /** Why it does not serve as it should, a sentence each. */
    List<String> problems() {
        List<String> problems = new ArrayList<>();
        if (refused != null) {
            problems.add("The guest cannot be connected: " + refused + ".");
        }
        if (disk != null) {
            disk.fault().ifPresentOrElse(problems::add, () -> {
                if (!disk.isBackendConnected()) {
                    problems.add("The back-end at " + socket + " is not there.");
                }
            });
        }
        return problems;
    }
}
