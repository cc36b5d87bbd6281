package dev.isthmus.bench.load;

import dev.isthmus.linux.HostMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Data that says where it belongs: every sector begins with its own number, u64 little-endian. */
public final class SectorNumbers {
    private static final int CHUNK_BYTES = 1 << 20;

    private SectorNumbers() {}

    /**
     * Numbers the sectors of a file or block device from its beginning; the rest of each is zeroes.
     *
     * @param file is there; grows if it is a file and shorter
     * @param bytes a multiple of 512
     */
    public static void fill(Path file, long bytes) throws IOException {
        if (bytes < 0 || bytes % Sectors.BYTES != 0) {
            throw new IllegalArgumentException(bytes + " bytes are not whole sectors");
        }
        ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            long at = 0;
            while (at < bytes) {
                chunk.clear().limit((int) Math.min(CHUNK_BYTES, bytes - at));
                for (int i = 0; i < chunk.limit(); i += Sectors.BYTES) {
                    chunk.putLong(i, (at + i) / Sectors.BYTES);
                }
                while (chunk.hasRemaining()) {
                    at += channel.write(chunk, at);
                }
            }
            channel.force(false);
        }
    }

    /** Numbers the sectors in memory, from {@code sector} on. */
    static void put(long address, int bytes, long sector) {
        for (int at = 0; at < bytes; at += Sectors.BYTES) {
            HostMemory.putU64(address + at, sector + at / Sectors.BYTES);
        }
    }

    /** Whether the sectors in memory are numbered from {@code sector} on. */
    static boolean are(long address, int bytes, long sector) {
        long difference = 0;
        for (int at = 0; at < bytes; at += Sectors.BYTES) {
            difference |= HostMemory.u64(address + at) ^ sector + at / Sectors.BYTES;
        }
        return difference == 0;
    }
}
