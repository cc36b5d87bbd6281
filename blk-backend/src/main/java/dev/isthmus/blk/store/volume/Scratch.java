package dev.isthmus.blk.store.volume;

import dev.isthmus.linux.HostMemory;
import java.lang.foreign.Arena;
import java.util.function.LongFunction;

/** Native memory for a moment. */
final class Scratch {
    private Scratch() {}

    /** Calls {@code use} with the address of {@code length} bytes that begin with {@code bytes}; the rest is zero. */
    static <T> T withCopy(byte[] bytes, int length, LongFunction<T> use) {
        try (Arena arena = Arena.ofConfined()) {
            long address = arena.allocate(length, Long.BYTES).address();
            HostMemory.copy(bytes, 0, address, bytes.length);
            return use.apply(address);
        }
    }
}
