package dev.isthmus.xen.netif;

/**
 * One queue as the guest described it; nobody has checked anything of it.
 *
 * @param txReference grant of the transmit ring's page, u32
 * @param rxReference grant of the receive ring's page, u32
 * @param txPort the guest's event channel, u32
 * @param rxPort the same, or another one
 */
public record NetifQueue(int txReference, int rxReference, int txPort, int rxPort) {
}
