/** What a virtio device implements; it knows virtqueues and nothing of vhost-user. */
@NullMarked
package dev.isthmus.device;

import org.jspecify.annotations.NullMarked;
