package dev.isthmus.blk.store.volume;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Something about a volume that cannot be, in one line for the operator. */
public final class VolumeException extends IOException {
    private static final long serialVersionUID = 1L;

    public VolumeException(String message) {
        super(message);
    }

    VolumeException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
