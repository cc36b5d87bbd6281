package dev.isthmus.net.uplink;

import dev.isthmus.linux.NetInterface;
import org.jspecify.annotations.Nullable;

/**
 * Which TAP interface, and how it is to be.
 *
 * @param bridge the bridge it is to be a port of; null leaves that to the operator
 * @param mtu what its MTU is to be, in bytes; 0 leaves it
 * @param queuePairs how many it is to have, at least 1
 */
public record TapOptions(NetInterface tap, @Nullable NetInterface bridge, int mtu, int queuePairs) {}
