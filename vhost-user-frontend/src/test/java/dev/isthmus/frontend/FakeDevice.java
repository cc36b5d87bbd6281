package dev.isthmus.frontend;

import dev.isthmus.linux.HostMemory;

/**
 * The device's side of a split virtqueue, value by value. Every offset is written down anew from the specification
 * (virtio 1.3, 2.7.5, 2.7.6, 2.7.8), so that a wrong constant on the driver's side does not cancel out.
 */
final class FakeDevice {
    private final long desc;
    private final long avail;
    private final long used;
    private final int size;
    private int nextAvail;
    private int usedIdx;

    FakeDevice(SplitDriverVirtqueue queue) {
        this.desc = queue.descriptorTable();
        this.avail = queue.availableRing();
        this.used = queue.usedRing();
        this.size = queue.size();
        this.nextAvail = availIdx();
        this.usedIdx = usedIdx();
    }

    // What the driver wrote.

    int availFlags() {
        return HostMemory.u16(avail);
    }

    int availIdx() {
        return HostMemory.u16(avail + 2);
    }

    int availEntry(int index) {
        return HostMemory.u16(avail + 4 + 2L * (index % size));
    }

    int usedEvent() {
        return HostMemory.u16(avail + 4 + 2L * size);
    }

    long addr(int descriptor) {
        return HostMemory.u64(desc + 16L * descriptor);
    }

    long len(int descriptor) {
        return HostMemory.u32(desc + 16L * descriptor + 8);
    }

    int flags(int descriptor) {
        return HostMemory.u16(desc + 16L * descriptor + 12);
    }

    int next(int descriptor) {
        return HostMemory.u16(desc + 16L * descriptor + 14);
    }

    // What a device writes.

    int usedIdx() {
        return HostMemory.u16(used + 2);
    }

    void putUsedFlags(int flags) {
        HostMemory.putU16(used, flags);
    }

    void putUsedIdx(int index) {
        usedIdx = index & 0xffff;
        HostMemory.putU16(used + 2, usedIdx);
    }

    void putAvailEvent(int index) {
        HostMemory.putU16(used + 4 + 8L * size, index);
    }

    void putDescriptor(int descriptor, long first, long second) {
        HostMemory.putU64(desc + 16L * descriptor, first);
        HostMemory.putU64(desc + 16L * descriptor + 8, second);
    }

    /** The next used entry, whatever it says. */
    void use(long id, long length) {
        long entry = used + 4 + 8L * (usedIdx % size);
        HostMemory.putU32(entry, id);
        HostMemory.putU32(entry + 4, length);
        putUsedIdx(usedIdx + 1);
    }

    /** The next head the driver has made available; fails when there is none. */
    int takeAvailable() {
        if (nextAvail == availIdx()) {
            throw new AssertionError("nothing is available");
        }
        int head = availEntry(nextAvail);
        nextAvail = nextAvail + 1 & 0xffff;
        return head;
    }

    boolean hasAvailable() {
        return nextAvail != availIdx();
    }
}
