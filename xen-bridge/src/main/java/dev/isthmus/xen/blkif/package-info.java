/**
 * Xen's block ring, {@code public/io/blkif.h}: served from a virtio-blk back-end over vhost-user.
 */
@NullMarked
package dev.isthmus.xen.blkif;

import org.jspecify.annotations.NullMarked;
