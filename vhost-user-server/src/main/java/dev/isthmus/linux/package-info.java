/**
 * System calls. The only package that makes downcalls; everything above it is Java.
 *
 * <p>Two conventions live here. {@code Libc} returns what the kernel would: a result, or {@code -errno}; it allocates
 * nothing and throws nothing, so the hot path may call it. The small classes around it ({@link
 * dev.isthmus.linux.UnixSocket}, {@link dev.isthmus.linux.OwnedFd}, ...) turn a negative result into a {@link
 * dev.isthmus.linux.LinuxException}.
 */
@NullMarked
package dev.isthmus.linux;

import org.jspecify.annotations.NullMarked;
