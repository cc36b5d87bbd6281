/**
 * The bridge's process: a daemon that finds devices in xenstore and serves them, and the commands beside it.
 */
@NullMarked
package dev.isthmus.xen.app;

import org.jspecify.annotations.NullMarked;
