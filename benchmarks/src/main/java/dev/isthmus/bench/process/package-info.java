/** {@code bin/bench process}: what a process costs before and beside its work. */
@NullMarked
package dev.isthmus.bench.process;

import org.jspecify.annotations.NullMarked;
