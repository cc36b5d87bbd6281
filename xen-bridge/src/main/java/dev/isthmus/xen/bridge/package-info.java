/**
 * What every device of a Xen guest needs, whatever its rings: a worker between the guest and a vhost-user back-end, and
 * the supervision of that back-end.
 */
@NullMarked
package dev.isthmus.xen.bridge;

import org.jspecify.annotations.NullMarked;
