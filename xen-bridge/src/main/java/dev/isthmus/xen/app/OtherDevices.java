package dev.isthmus.xen.app;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Devices that are not ours, while the kernel's drivers take none by themselves: each is handed to the kernel as soon
 * as the kernel knows it, and tried again until a driver has it. libxl waits 10 seconds. All on the thread of
 * decisions.
 */
final class OtherDevices {
    private static final Logger LOG = LoggerFactory.getLogger(OtherDevices.class);

    private static final Duration PAUSE = Duration.ofMillis(50);

    /** For as long as a toolstack waits, and longer: a driver's module may have to be loaded. */
    private static final int ATTEMPTS = 400;

    private final KernelDevices kernel;
    private final Tasks tasks;
    private final Predicate<DeviceId> isNew;
    /** Attempts so far of those without a driver. */
    private final Map<DeviceId, Integer> waiting = new HashMap<>();

    /** @param isNew whether nobody has served the device yet: one that was closed must not get a driver again */
    OtherDevices(KernelDevices kernel, Tasks tasks, Predicate<DeviceId> isNew) {
        this.kernel = kernel;
        this.tasks = tasks;
        this.isNew = isNew;
    }

    /** There is such a device, and it is not ours. */
    void found(DeviceId id) {
        if (!waiting.containsKey(id) && kernel.driver(id).isEmpty() && isNew.test(id)) {
            waiting.put(id, 0);
            attempt(id);
        }
    }

    /** It is gone. */
    void lost(DeviceId id) {
        waiting.remove(id);
    }

    private void attempt(DeviceId id) {
        Integer attempts = waiting.get(id);
        if (attempts == null) {
            return;
        }
        if (!isNew.test(id)) {
            waiting.remove(id);
            return;
        }
        if (kernel.knows(id)) {
            try {
                kernel.probe(id);
            } catch (IOException e) {
                LOG.debug("{}: {}", id, e.getMessage());
            }
        }
        if (kernel.driver(id).isPresent()) {
            waiting.remove(id);
            LOG.info("{}: is not ours, the kernel has it", id);
        } else if (attempts == ATTEMPTS) {
            waiting.remove(id);
            if (id.kind().equals(DeviceId.VBD) || id.kind().equals(DeviceId.VIF)) {
                LOG.warn("{}: is not ours, and no driver of the kernel takes it", id);
            }
        } else {
            waiting.put(id, attempts + 1);
            tasks.schedule(PAUSE, () -> attempt(id));
        }
    }
}
