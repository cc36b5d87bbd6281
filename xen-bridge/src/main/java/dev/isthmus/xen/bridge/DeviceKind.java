package dev.isthmus.xen.bridge;

import dev.isthmus.xen.EventChannels;
import dev.isthmus.xen.GrantTable;
import java.io.IOException;

/**
 * One device, as far as its kind makes a difference. The worker calls.
 *
 * @param <W> what a guest wants served, as it wrote it to xenstore
 * @param <P> what it is told
 * @param <C> a connected back-end
 */
public interface DeviceKind<W, P extends DeviceProperties<P>, C extends BackendDevice<P>> {
    /** What kind of rings it has, in the name of the worker's thread. */
    String ring();

    DeviceOptions options();

    DeviceCounters counters();

    C connect() throws IOException;

    /**
     * Maps the guest's rings and binds its event channels.
     *
     * @throws IOException says what is wrong with the guest's numbers; nothing stays mapped or bound then
     */
    GuestSide<P, C> open(W wanted, P properties, GrantTable grants, EventChannels channels) throws IOException;
}
