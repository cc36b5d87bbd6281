package dev.isthmus.virtqueue;

import dev.isthmus.memory.GuestMemory;

/**
 * Where a split virtqueue's three parts lie, as user addresses.
 *
 * @param descriptorTable user address, 16-aligned
 * @param availableRing user address, 2-aligned
 * @param usedRing user address, 4-aligned
 */
public record SplitAddresses(long descriptorTable, long availableRing, long usedRing) {

    /** What is wrong with these addresses for a queue of {@code size} in {@code memory}; empty if nothing. */
    public String problem(GuestMemory memory, int size) {
        if (descriptorTable % VirtqDesc.ALIGNMENT != 0) {
            return misaligned("descriptor table", descriptorTable, VirtqDesc.ALIGNMENT);
        }
        if (availableRing % VirtqAvail.ALIGNMENT != 0) {
            return misaligned("available ring", availableRing, VirtqAvail.ALIGNMENT);
        }
        if (usedRing % VirtqUsed.ALIGNMENT != 0) {
            return misaligned("used ring", usedRing, VirtqUsed.ALIGNMENT);
        }
        return problemOfHost(memory, size);
    }

    /**
     * An aligned user address in a region that itself begins at an odd file offset would still be misaligned for us.
     */
    private String problemOfHost(GuestMemory memory, int size) {
        long descriptors = hostDescriptorTable(memory, size);
        long available = hostAvailableRing(memory, size);
        long used = hostUsedRing(memory, size);
        if (descriptors == GuestMemory.NOT_MAPPED) {
            return outside("descriptor table", descriptorTable);
        }
        if (available == GuestMemory.NOT_MAPPED) {
            return outside("available ring", availableRing);
        }
        if (used == GuestMemory.NOT_MAPPED) {
            return outside("used ring", usedRing);
        }
        boolean aligned = descriptors % VirtqDesc.ALIGNMENT == 0 && available % VirtqAvail.ALIGNMENT == 0
                && used % VirtqUsed.ALIGNMENT == 0;
        return aligned ? "" : "the memory region that holds the ring begins at a misaligned file offset";
    }

    long hostDescriptorTable(GuestMemory memory, int size) {
        return memory.hostAddressOfUser(descriptorTable, (long) VirtqDesc.BYTES * size);
    }

    long hostAvailableRing(GuestMemory memory, int size) {
        return memory.hostAddressOfUser(availableRing, VirtqAvail.bytes(size));
    }

    long hostUsedRing(GuestMemory memory, int size) {
        return memory.hostAddressOfUser(usedRing, VirtqUsed.bytes(size));
    }

    /**
     * Host address of the available index, for who only looks; {@link GuestMemory#NOT_MAPPED} if the ring is not
     * mapped.
     */
    public long hostAvailableIndex(GuestMemory memory, int size) {
        long ring = hostAvailableRing(memory, size);
        return ring == GuestMemory.NOT_MAPPED ? ring : ring + VirtqAvail.IDX;
    }

    private static String misaligned(String part, long address, int alignment) {
        return part + " at user address 0x" + Long.toHexString(address) + " is not " + alignment + "-byte aligned";
    }

    /** QEMU leaves memory that is not shared out of the table, and starts the rings in it all the same. */
    private static String outside(String part, long address) {
        return part + " at user address 0x" + Long.toHexString(address) + " does not lie in one memory region;"
                + " if the guest's memory is private, start QEMU with share=on";
    }
}
