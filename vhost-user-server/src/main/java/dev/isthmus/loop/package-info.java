/** A worker's event loop: waiting for descriptors and being woken, on Netty. */
@NullMarked
package dev.isthmus.loop;

import org.jspecify.annotations.NullMarked;
