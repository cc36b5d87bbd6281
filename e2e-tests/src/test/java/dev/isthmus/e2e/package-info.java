/** Real guests, real clients and real back-end processes. */
@NullMarked
package dev.isthmus.e2e;

import org.jspecify.annotations.NullMarked;
