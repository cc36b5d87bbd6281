package dev.isthmus.xen.blkif;

/**
 * One ring as the guest described it.
 *
 * @param references grants of its pages in order, u32 each; nobody has checked them
 * @param remotePort the guest's event channel, u32; nobody has checked it
 */
@SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
public record BlkifRing(int[] references, int remotePort) {
}
