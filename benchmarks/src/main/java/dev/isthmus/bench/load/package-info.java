/** The load generator: a driver of virtio-blk without a guest, over any vhost-user back-end. */
@NullMarked
package dev.isthmus.bench.load;

import org.jspecify.annotations.NullMarked;
