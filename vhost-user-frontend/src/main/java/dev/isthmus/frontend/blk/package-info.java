/**
 * What any driver of virtio-blk knows: virtio 1.3, 5.2.
 */
@NullMarked
package dev.isthmus.frontend.blk;

import org.jspecify.annotations.NullMarked;
