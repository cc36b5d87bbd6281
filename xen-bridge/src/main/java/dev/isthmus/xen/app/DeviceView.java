package dev.isthmus.xen.app;

import dev.isthmus.xen.blkif.BlkifCounters;
import dev.isthmus.xen.bridge.ServedDevice;
import dev.isthmus.xen.netif.NetifCounters;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What others may know about a device, as it was at the last look; what serves it says about itself is of now.
 *
 * @param device while there is one
 * @param refused why the guest is not served, if what it wrote could not be
 */
record DeviceView(DeviceId id, Path socket, GuestDevice.Phase phase, @Nullable ServedDevice<?, ?, ?> device,
        @Nullable String refused) {
    /** Whether a guest is served. */
    boolean isConnected() {
        return phase == GuestDevice.Phase.CONNECTED || phase == GuestDevice.Phase.DISCONNECTING;
    }

    boolean isBackendConnected() {
        return device != null && device.isBackendConnected();
    }

    /** What is counted about a disk; empty when it is none, or not served. */
    Optional<BlkifCounters> disk() {
        return device != null && device.counters() instanceof BlkifCounters counters ? Optional.of(counters)
                : Optional.empty();
    }

    /** What is counted about a card. */
    Optional<NetifCounters> card() {
        return device != null && device.counters() instanceof NetifCounters counters ? Optional.of(counters)
                : Optional.empty();
    }

    /** Why it does not serve as it should, a sentence each. */
    List<String> problems() {
        List<String> problems = new ArrayList<>();
        if (refused != null) {
            problems.add("The guest cannot be connected: " + refused + ".");
        }
        if (device != null) {
            device.fault().ifPresentOrElse(problems::add, () -> {
                if (!device.isBackendConnected()) {
                    problems.add("The back-end at " + socket + " is not there.");
                }
            });
        }
        return problems;
    }
}
