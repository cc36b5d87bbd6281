package dev.isthmus.blk;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The requests of one ring: as many as were ever in flight at a time. Hot path, the worker's alone. */
final class BlkRequestPool {
    private static final int FIRST_SIZE = 32;

    private final BlkVring vring;
    private @Nullable BlkRequest[] free = new BlkRequest[FIRST_SIZE];
    private int count;

    BlkRequestPool(BlkVring vring) {
        this.vring = vring;
    }

    /** A request for the chain at {@code head}, which has been reset. */
    BlkRequest take(int head) {
        BlkRequest request = count == 0 ? null : free[--count];
        if (request == null) {
            request = new BlkRequest(vring);
        }
        request.reset(head);
        return request;
    }

    /** A request is not in flight any more. */
    void give(BlkRequest request) {
        if (count == free.length) {
            free = Arrays.copyOf(free, 2 * count);
        }
        free[count++] = request;
    }
}
