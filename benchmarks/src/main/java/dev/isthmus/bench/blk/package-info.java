/** {@code bin/bench blk}: the block back-end beside a peer, with the same client in interleaved rounds. */
@NullMarked
package dev.isthmus.bench.blk;

import org.jspecify.annotations.NullMarked;
