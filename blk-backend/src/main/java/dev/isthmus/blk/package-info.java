/**
 * The virtio block device (virtio 1.3, 5.2): configuration space, request parsing, status, and the way to a store and
 * back.
 *
 * <p>{@link dev.isthmus.blk.BlkVring}, {@link dev.isthmus.blk.BlkRequest} and {@link dev.isthmus.blk.BlkRequestParser}
 * are the hot path.
 */
@NullMarked
package dev.isthmus.blk;

import org.jspecify.annotations.NullMarked;
