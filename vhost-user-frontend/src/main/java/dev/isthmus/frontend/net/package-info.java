/**
 * What any driver of virtio-net knows: virtio 1.3, 5.1.
 */
@NullMarked
package dev.isthmus.frontend.net;

import org.jspecify.annotations.NullMarked;
