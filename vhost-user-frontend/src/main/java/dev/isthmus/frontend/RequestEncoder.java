package dev.isthmus.frontend;

import dev.isthmus.vhostuser.ConfigLayout;
import dev.isthmus.vhostuser.MemoryRegionLayout;
import dev.isthmus.vhostuser.VringAddressLayout;
import dev.isthmus.vhostuser.VringFdLayout;
import dev.isthmus.vhostuser.VringStateLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Payloads of the requests a front-end makes. Pure functions. */
final class RequestEncoder {
    private RequestEncoder() {}

    static byte[] nothing() {
        return new byte[0];
    }

    static byte[] u64(long value) {
        return payload(Long.BYTES).putLong(value).array();
    }

    static byte[] vringState(int index, int num) {
        return payload(VringStateLayout.BYTES).putInt(VringStateLayout.INDEX, index).putInt(VringStateLayout.NUM, num)
                .array();
    }

    static byte[] vringAddress(int index, SplitDriverVirtqueue queue) {
        return payload(VringAddressLayout.BYTES)
                .putInt(VringAddressLayout.INDEX, index)
                .putLong(VringAddressLayout.DESCRIPTOR, queue.descriptorTable())
                .putLong(VringAddressLayout.USED, queue.usedRing())
                .putLong(VringAddressLayout.AVAILABLE, queue.availableRing())
                .array();
    }

    /** With a descriptor; the index is all there is to say. */
    static byte[] vringFd(int index) {
        return u64(index & VringFdLayout.INDEX_MASK);
    }

    static byte[] memoryTable(List<SharedMemory> regions) {
        ByteBuffer payload = payload(MemoryRegionLayout.tableBytes(regions.size()));
        payload.putInt(MemoryRegionLayout.TABLE_COUNT, regions.size());
        for (int i = 0; i < regions.size(); i++) {
            put(payload, MemoryRegionLayout.tableBytes(i), regions.get(i));
        }
        return payload.array();
    }

    static byte[] region(SharedMemory region) {
        ByteBuffer payload = payload(MemoryRegionLayout.SINGLE_BYTES);
        put(payload, MemoryRegionLayout.SINGLE_REGION, region);
        return payload.array();
    }

    private static void put(ByteBuffer payload, int at, SharedMemory region) {
        payload.putLong(at + MemoryRegionLayout.GUEST_ADDRESS, region.guestAddress())
                .putLong(at + MemoryRegionLayout.SIZE, region.sizeBytes())
                .putLong(at + MemoryRegionLayout.USER_ADDRESS, region.userAddress())
                .putLong(at + MemoryRegionLayout.MMAP_OFFSET, 0);
    }

    /** Of GET_CONFIG with as many zeroes as are wanted, of SET_CONFIG with what is written. */
    static byte[] config(int offset, byte[] contents) {
        return payload(ConfigLayout.BYTES + contents.length)
                .putInt(ConfigLayout.OFFSET, offset)
                .putInt(ConfigLayout.SIZE, contents.length)
                .put(ConfigLayout.CONTENTS, contents)
                .array();
    }

    /** The vhost-user specification, "Message Specification": numbers are in the machine's byte order. */
    private static ByteBuffer payload(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
    }
}
