package dev.isthmus.blk.store;

import dev.isthmus.linux.FileIo;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.OwnedFd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Opens images, with an answer for each way this can go wrong: one line that names the image and what to do. */
final class ImageFile {
    // include/uapi/linux/stat.h
    private static final int TYPE_MASK = 0xf000;
    private static final int TYPE_DIRECTORY = 0x4000;
    private static final int TYPE_BLOCK = 0x6000;
    private static final int TYPE_REGULAR = 0x8000;

    private ImageFile() {}

    /**
     * For looking: reads only, even an image that will be written, since its owner may be somebody else at this time.
     */
    static OwnedFd openForProbe(FileStoreOptions options) throws IOException {
        checkType(options.path());
        if (!options.readOnly() && !Files.isWritable(options.path())) {
            throw new IOException("image " + options.path()
                    + " is not writable: change its permissions or use it read-only");
        }
        return open(options, true);
    }

    /** For use. */
    static OwnedFd openForUse(FileStoreOptions options) throws IOException {
        checkType(options.path());
        return open(options, options.readOnly());
    }

    private static OwnedFd open(FileStoreOptions options, boolean readOnly) throws IOException {
        try {
            return FileIo.open(options.path().toString(), readOnly, options.direct());
        } catch (LinuxException e) {
            throw ImageProbe.cannotOpen(options, e);
        }
    }

    /** Before opening: a FIFO would block, a character device may act on it. */
    private static void checkType(Path path) throws IOException {
        int type;
        try {
            type = (int) Files.getAttribute(path, "unix:mode") & TYPE_MASK;
        } catch (NoSuchFileException e) {
            throw new IOException("image " + path + " does not exist: make it, for instance with truncate -s 10G "
                    + path, e);
        } catch (IOException e) {
            throw new IOException("image " + path + " cannot be reached: " + e.getMessage(), e);
        }
        if (type == TYPE_DIRECTORY) {
            throw new IOException("image " + path + " is a directory: name the image file in it");
        }
        if (type != TYPE_REGULAR && type != TYPE_BLOCK) {
            throw new IOException("image " + path + " is neither a file nor a block device: name a raw image");
        }
    }
}
