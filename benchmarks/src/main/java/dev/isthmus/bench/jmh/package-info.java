/** {@code bin/bench jmh}: the hot path, piece by piece. What is measured is in {@code src/jmh}. */
@NullMarked
package dev.isthmus.bench.jmh;

import org.jspecify.annotations.NullMarked;
