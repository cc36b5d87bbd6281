/**
 * Where sectors live. A store knows bytes, ranges and durability; it knows nothing of virtio, of rings or of who asks.
 *
 * <p>{@link dev.isthmus.blk.store.BlockStore} is the contract, {@code BlockStoreContract} its test, which every store
 * passes.
 */
@NullMarked
package dev.isthmus.blk.store;

import org.jspecify.annotations.NullMarked;
