/**
 * The device's side of a virtqueue: taking descriptor chains, handing them back, and who is notified when.
 *
 * <p>Hot path: nothing here allocates once a queue has warmed up, takes a lock or logs. Everything in a queue belongs
 * to one worker.
 */
@NullMarked
package dev.isthmus.virtqueue;

import org.jspecify.annotations.NullMarked;
