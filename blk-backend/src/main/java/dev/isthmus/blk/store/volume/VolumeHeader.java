package dev.isthmus.blk.store.volume;

import dev.isthmus.blk.store.BlockLimits;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * What a volume is: the file {@code volume} of its directory, a text of {@code key=value} lines.
 *
 * <pre>
 *   isthmus-volume 1             format: a program that knows a smaller number only must not open it
 *   id=0f8c...                   never changes; a clone has its own
 *   block-bytes=4096             fixed at creation
 *   size-bytes=1099511627776     what a guest sees
 *   compression=lz4
 *   data=data-1                  directory of RocksDB; what else begins with "data-" is a left-over
 *   created=2026-11-22T19:00:00Z
 *   incompatible=                features whose volumes a program that does not know them must not open
 *   compatible=                  features such a program may ignore; it keeps them, and unknown keys, when it writes
 *   key-id=                      which key the blocks are encrypted with; this program knows none
 *   checksum=...                 XXH64 of all lines before, padded with zeroes to 32 bytes
 * </pre>
 *
 * @param others keys this program keeps without knowing them
 */
record VolumeHeader(UUID id, int blockBytes, long sizeBytes, Compression compression, String data, Instant created,
        Map<String, String> others) {
    static final int BLOCK_BYTES_LEAST = 4096;
    static final int BLOCK_BYTES_MOST = 65536;
    /** Less than 2^63 with all that is added to an offset, and more than any file system holds. */
    static final long SIZE_BYTES_MOST = 1L << 60;

    private static final String MAGIC = "isthmus-volume ";
    private static final int FORMAT = 1;
    private static final String DATA = "data-";

    /** Of a new volume. */
    static VolumeHeader create(long sizeBytes, int blockBytes, Compression compression) throws VolumeException {
        if (Integer.bitCount(blockBytes) != 1 || blockBytes < BLOCK_BYTES_LEAST || blockBytes > BLOCK_BYTES_MOST) {
            throw new VolumeException("a block of " + blockBytes + " bytes: 4096, 8192, 16384, 32768 or 65536");
        }
        checkSize(sizeBytes);
        return new VolumeHeader(UUID.randomUUID(), blockBytes, sizeBytes, compression, DATA + 1, Instant.now(),
                Map.of());
    }

    static void checkSize(long sizeBytes) throws VolumeException {
        if (sizeBytes <= 0 || sizeBytes > SIZE_BYTES_MOST || sizeBytes % BlockLimits.SECTOR_BYTES != 0) {
            throw new VolumeException("a size of " + sizeBytes + " bytes: a multiple of 512, at most 2^60");
        }
    }

    VolumeHeader withSize(long newSizeBytes) {
        return new VolumeHeader(id, blockBytes, newSizeBytes, compression, data, created, others);
    }

    VolumeHeader withData(String newData) {
        return new VolumeHeader(id, blockBytes, sizeBytes, compression, newData, created, others);
    }

    /** The same contents as a volume of its own, or as a snapshot: made now. */
    VolumeHeader copy(UUID newId, String newData) {
        return new VolumeHeader(newId, blockBytes, sizeBytes, compression, newData, Instant.now(), others);
    }

    /** A directory name the header does not have yet. */
    String nextData() {
        int number = data.matches(DATA + "\\d{1,9}") ? Integer.parseInt(data.substring(DATA.length())) : 0;
        return DATA + (number + 1);
    }

    static boolean isData(String name) {
        return name.startsWith(DATA);
    }

    String format() {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("id", id.toString());
        all.put("block-bytes", Integer.toString(blockBytes));
        all.put("size-bytes", Long.toString(sizeBytes));
        all.put("compression", compression.text());
        all.put("data", data);
        all.put("created", created.toString());
        all.put("incompatible", "");
        all.put("compatible", "");
        all.put("key-id", "");
        all.putAll(others);
        var text = new StringBuilder(MAGIC).append(FORMAT).append('\n');
        all.forEach((key, value) -> text.append(key).append('=').append(value).append('\n'));
        return text + "checksum=" + checksum(text.toString()) + "\n";
    }

    private static String checksum(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int padded = -Math.floorDiv(-bytes.length, BlockChecksum.STRIPE_BYTES) * BlockChecksum.STRIPE_BYTES;
        return Scratch.withCopy(bytes, padded, address -> Long.toHexString(BlockChecksum.of(address, padded, 0)));
    }

    /** @throws VolumeException in words that follow the volume's name */
    static VolumeHeader parse(String text) throws VolumeException {
        String[] lines = text.split("\n", -1);
        if (!lines[0].startsWith(MAGIC)) {
            throw new VolumeException("is none: its file \"volume\" begins otherwise");
        }
        if (!lines[0].equals(MAGIC + FORMAT)) {
            throw new VolumeException("was made by a newer program: its format is " + lines[0].substring(
                    MAGIC.length()) + ", this program knows " + FORMAT);
        }
        int end = text.lastIndexOf("checksum=");
        if (end < 0 || !text.substring(end).strip().equals("checksum=" + checksum(text.substring(0, end)))) {
            throw new VolumeException("is damaged: its file \"volume\" has a wrong checksum");
        }
        Map<String, String> values = new LinkedHashMap<>();
        for (String line : text.substring(0, end).split("\n", -1)) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                values.put(line.substring(0, equals), line.substring(equals + 1));
            }
        }
        return of(values);
    }

    private static VolumeHeader of(Map<String, String> values) throws VolumeException {
        String unknown = values.getOrDefault("incompatible", "");
        if (!unknown.isEmpty()) {
            throw new VolumeException("was made by a newer program: it has features this one does not know: "
                    + unknown);
        }
        if (!values.getOrDefault("key-id", "").isEmpty()) {
            throw new VolumeException("is encrypted, which this program cannot read");
        }
        try {
            var header = new VolumeHeader(UUID.fromString(take(values, "id")),
                    Integer.parseInt(take(values, "block-bytes")), Long.parseLong(take(values, "size-bytes")),
                    Compression.of(take(values, "compression")), take(values, "data"),
                    Instant.parse(take(values, "created")), Map.copyOf(values));
            return header.checked();
        } catch (IllegalArgumentException | DateTimeParseException e) {
            throw new VolumeException("is damaged: its file \"volume\" lacks something", e);
        }
    }

    private static String take(Map<String, String> values, String key) {
        String value = values.remove(key);
        if (value == null) {
            throw new IllegalArgumentException("no " + key);
        }
        return value;
    }

    private VolumeHeader checked() {
        boolean right = Integer.bitCount(blockBytes) == 1 && blockBytes >= BLOCK_BYTES_LEAST
                && blockBytes <= BLOCK_BYTES_MOST && sizeBytes > 0 && sizeBytes <= SIZE_BYTES_MOST
                && sizeBytes % BlockLimits.SECTOR_BYTES == 0 && VolumeName.isValid(data);
        if (!right) {
            throw new IllegalArgumentException("out of range");
        }
        return this;
    }
}
