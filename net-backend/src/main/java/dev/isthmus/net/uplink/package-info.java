/** Where frames go: {@link dev.isthmus.net.uplink.Uplink} and what implements it. */
@NullMarked
package dev.isthmus.net.uplink;

import org.jspecify.annotations.NullMarked;
