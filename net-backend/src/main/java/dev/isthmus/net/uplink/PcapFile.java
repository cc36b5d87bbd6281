package dev.isthmus.net.uplink;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * A capture file as libpcap describes it (draft-ietf-opsawg-pcap, sections 4 and 5), of Ethernet frames with times in
 * nanoseconds. One thread.
 */
final class PcapFile implements AutoCloseable {
    static final int HEADER_BYTES = 24;
    static final int RECORD_HEADER_BYTES = 16;

    private static final int MAGIC_NANOSECONDS = 0xa1b23c4d;
    private static final int LINKTYPE_ETHERNET = 1;
    private static final int BUFFER_BYTES = 256 << 10;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final FileChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private final long bytesMost;
    private long bytes;

    private PcapFile(FileChannel channel, long bytesMost) {
        this.channel = channel;
        this.bytesMost = bytesMost;
    }

    /**
     * Makes a file that only its owner may read, since it holds what a guest sends.
     *
     * @param frameBytesMost of any frame
     * @throws IOException in one line
     */
    static PcapFile create(Path path, long bytesMost, int frameBytesMost) throws IOException {
        FileChannel channel;
        try {
            channel = FileChannel.open(path, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } catch (FileAlreadyExistsException e) {
            throw new IOException(path + " exists already", e);
        } catch (NoSuchFileException e) {
            throw new IOException(path + " is in no directory that exists", e);
        }
        var file = new PcapFile(channel, bytesMost);
        file.buffer.putInt(MAGIC_NANOSECONDS).putShort((short) 2).putShort((short) 4).putInt(0).putInt(0)
                .putInt(frameBytesMost).putInt(LINKTYPE_ETHERNET);
        file.bytes = HEADER_BYTES;
        file.flush();
        return file;
    }

    /** Returns false, and writes nothing, if the file would become larger than it may. */
    boolean write(long epochNanos, byte[] frame, int length) throws IOException {
        int needed = RECORD_HEADER_BYTES + length;
        if (needed > bytesMost - bytes) {
            return false;
        }
        if (needed > buffer.remaining()) {
            flush();
        }
        buffer.putInt((int) (epochNanos / NANOS_PER_SECOND)).putInt((int) (epochNanos % NANOS_PER_SECOND))
                .putInt(length).putInt(length).put(frame, 0, length);
        bytes += needed;
        return true;
    }

    /** What was written is there for who reads the file. */
    void flush() throws IOException {
        buffer.flip();
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
        buffer.clear();
    }

    long bytes() {
        return bytes;
    }

    @Override
    public void close() throws IOException {
        try {
            flush();
        } finally {
            channel.close();
        }
    }
}
