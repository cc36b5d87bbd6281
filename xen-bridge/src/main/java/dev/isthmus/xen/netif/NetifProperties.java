package dev.isthmus.xen.netif;

import dev.isthmus.xen.bridge.DeviceProperties;
import org.jspecify.annotations.Nullable;

/**
 * What a guest is told about its card.
 *
 * @param queuesMax queues a guest may have
 * @param gsoV4 whether it may send frames larger than the MTU: TCP over IPv4
 * @param gsoV6 TCP over IPv6
 */
public record NetifProperties(int queuesMax, boolean gsoV4, boolean gsoV6) implements DeviceProperties<
        NetifProperties> {
    @Override
    public @Nullable String lostIn(NetifProperties other) {
        if (other.queuesMax < queuesMax) {
            return "with " + other.queuesMax + " instead of " + queuesMax + " pairs of queues";
        }
        if (gsoV4 && !other.gsoV4 || gsoV6 && !other.gsoV6) {
            return "without segmentation";
        }
        return null;
    }

    /** No front-end looks at anything of it anew. */
    @Override
    public boolean isNewsIn(NetifProperties other) {
        return false;
    }
}
