package dev.isthmus.linux;

/**
 * The C library's heap, for memory whose life no arena describes: taken and given back on the hot path. Aligned to 16
 * bytes, contents undefined. Allocates nothing in Java.
 */
public final class NativeHeap {
    /** {@link #allocate}: there is no memory. */
    public static final long NONE = 0;

    private NativeHeap() {}

    /** Address of {@code bytes} bytes, or {@link #NONE}. */
    public static long allocate(long bytes) {
        return Libc.malloc(bytes);
    }

    /** Gives back what {@link #allocate} gave. */
    public static void free(long address) {
        Libc.free(address);
    }
}
