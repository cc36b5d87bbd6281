/**
 * A vhost-user front-end: what a VMM does for its devices, for programs that want to use a back-end without one.
 */
@NullMarked
package dev.isthmus.frontend;

import org.jspecify.annotations.NullMarked;
