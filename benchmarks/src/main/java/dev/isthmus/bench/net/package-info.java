/** The network back-end beside DPDK's, with one front-end. */
@NullMarked
package dev.isthmus.bench.net;

import org.jspecify.annotations.NullMarked;
