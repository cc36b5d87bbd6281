package dev.isthmus.net.uplink;

/**
 * What an uplink can do.
 *
 * @param fromGuest work of the guest's frames that it takes over
 * @param toGuest work of its own frames that it can leave to the guest, and does only as far as {@link Uplink#open}
 *     allows
 * @param mtu largest IP packet without segmentation, in bytes; 0: it knows of no limit
 * @param queuePairs pairs it can open, at least 1
 */
public record UplinkAbilities(Offloads fromGuest, Offloads toGuest, int mtu, int queuePairs) {
    public UplinkAbilities {
        if (mtu < 0 || mtu > 65_535 || queuePairs < 1) {
            throw new IllegalArgumentException("mtu " + mtu + ", queue pairs " + queuePairs);
        }
    }
}
