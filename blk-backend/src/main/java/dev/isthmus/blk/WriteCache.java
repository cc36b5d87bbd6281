package dev.isthmus.blk;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The {@code writeback} field of the configuration space, which the driver may write (VIRTIO_BLK_F_CONFIG_WCE).
 *
 * <p>QEMU sends it only when it changes, so after a restart of ours nobody would tell us again that the guest chose
 * write-through, and its writes would be less safe than it believes: hence the file. Any thread reads; the session's
 * thread writes.
 */
final class WriteCache {
    private static final Logger LOG = LoggerFactory.getLogger(WriteCache.class);
    private static final String WRITE_THROUGH = "writeback=0\n";
    private static final String WRITE_BACK = "writeback=1\n";

    private final @Nullable Path file;
    private volatile boolean writeback;

    WriteCache(@Nullable Path file) {
        this.file = file;
        this.writeback = !remembersWriteThrough(file);
    }

    boolean isWriteback() {
        return writeback;
    }

    /**
     * The driver's wish. Write-through is in force when this returns or throws, since it is what keeps the guest's
     * data; write-back only when it could be remembered that it may be lost.
     *
     * @throws IOException when it cannot be remembered
     */
    void set(boolean wanted) throws IOException {
        if (wanted == writeback) {
            return;
        }
        if (!wanted) {
            writeback = false;
        }
        remember(wanted);
        writeback = wanted;
    }

    /** At negotiation; says nothing about the driver's wishes, so nothing is remembered. */
    void initialize(boolean initial) {
        writeback = initial;
    }

    private static boolean remembersWriteThrough(@Nullable Path file) {
        try {
            return file != null && Files.exists(file)
                    && Files.readString(file, StandardCharsets.UTF_8).equals(WRITE_THROUGH);
        } catch (IOException e) {
            LOG.warn("{} cannot be read ({}); write-through until the guest says otherwise", file, e.getMessage());
            return true; // the safe side
        }
    }

    private void remember(boolean wanted) throws IOException {
        if (file == null) {
            return;
        }
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(fresh, wanted ? WRITE_BACK : WRITE_THROUGH, StandardCharsets.UTF_8);
        try {
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
