/**
 * Xen's network rings, {@code public/io/netif.h}: served from a virtio-net back-end over vhost-user.
 */
@NullMarked
package dev.isthmus.xen.netif;

import org.jspecify.annotations.NullMarked;
