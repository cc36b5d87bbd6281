/**
 * The virtio network device (virtio 1.3, 5.1): configuration space, frame headers, receive, transmit and control
 * queues, and the way to an uplink and back.
 */
@NullMarked
package dev.isthmus.net;

import org.jspecify.annotations.NullMarked;
