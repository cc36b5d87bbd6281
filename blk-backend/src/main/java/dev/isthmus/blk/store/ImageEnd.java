package dev.isthmus.blk.store;

/**
 * Where an image ends that somebody cut off under a running guest. Behind that place nothing is read or written any
 * more, even if the file becomes longer again: a write there would make it longer by itself, and what was cut off would
 * read as zeroes, which the guest could not tell from its data. So it stays until the operator has had a look.
 *
 * <p>Any thread.
 */
final class ImageEnd {
    private static final long WHOLE = Long.MAX_VALUE;

    private volatile long endBytes = WHOLE;

    boolean isWhole() {
        return endBytes == WHOLE;
    }

    /** The image was seen to be so short; it never becomes longer by that. */
    void cutOffAt(long sizeBytes) {
        endBytes = Math.min(endBytes, sizeBytes);
    }

    /** The operator has had a look. */
    void restored() {
        endBytes = WHOLE;
    }

    /** Whether a request wants something behind the end. Hot path. */
    boolean isPassedBy(StoreRequest request) {
        long end = endBytes;
        if (end == WHOLE) {
            return false;
        }
        return switch (request.operation()) {
            case READ, WRITE -> request.offsetBytes() + request.lengthBytes() > end;
            case DISCARD, WRITE_ZEROES -> rangesPass(request, end);
            case FLUSH -> false;
        };
    }

    private static boolean rangesPass(StoreRequest request, long end) {
        for (int i = 0; i < request.rangeCount(); i++) {
            if (request.rangeOffsetBytes(i) + request.rangeLengthBytes(i) > end) {
                return true;
            }
        }
        return false;
    }
}
