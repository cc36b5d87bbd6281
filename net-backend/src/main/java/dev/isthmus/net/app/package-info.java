/**
 * The process: what can be said about a network card, uplinks and devices made of it, metrics, captures.
 *
 * <p>{@link dev.isthmus.net.app.NetBackend} is where it begins.
 */
@NullMarked
package dev.isthmus.net.app;

import org.jspecify.annotations.NullMarked;
