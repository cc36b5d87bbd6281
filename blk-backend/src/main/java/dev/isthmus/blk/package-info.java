/**
 * virtio-blk (virtio 1.3, 5.2): configuration space, request parsing, types, status, device.
 */
@NullMarked
package dev.isthmus.blk;

import org.jspecify.annotations.NullMarked;
