package dev.isthmus.memory;

/**
 * A region of guest memory in the words of SET_MEM_TABLE and ADD_MEM_REG (the vhost-user specification, "Memory region
 * description"). All numbers are unsigned.
 *
 * @param guestAddress first guest address
 * @param sizeBytes size
 * @param userAddress first user address, that is the front-end's
 * @param mmapOffset where the region begins in the file whose descriptor comes with it
 */
public record MemoryRegionDescription(long guestAddress, long sizeBytes, long userAddress, long mmapOffset) {}
