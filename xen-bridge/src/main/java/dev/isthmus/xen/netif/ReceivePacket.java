package dev.isthmus.xen.netif;

import org.jspecify.annotations.Nullable;

/** A frame on its way into a guest's receive ring. Made once and used again and again; the worker's alone. */
final class ReceivePacket {
    /** By slot, that of the extra info too: what the guest wrote there. */
    final int[] ids = new int[Limits.SLOTS_MAX + 1];
    int slots;
    int flags;
    int gsoType;
    int gsoSize;
    /** Where its copies begin and end. */
    int begin;
    int end;
    @Nullable
    Frame frame;
}
