/** The runtime around devices: sockets, life cycle, metrics, health. */
@NullMarked
package dev.isthmus.server;

import org.jspecify.annotations.NullMarked;
