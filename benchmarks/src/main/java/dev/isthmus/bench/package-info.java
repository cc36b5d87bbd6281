/** The command line of {@code bin/bench}. */
@NullMarked
package dev.isthmus.bench;

import org.jspecify.annotations.NullMarked;
