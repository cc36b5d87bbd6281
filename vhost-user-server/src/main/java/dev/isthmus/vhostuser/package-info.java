/**
 * The vhost-user protocol: messages, what is legal in them, their decoding and encoding, and the session of one
 * front-end.
 *
 * <p>Facts are those of QEMU's {@code docs/interop/vhost-user.rst}, called the vhost-user specification here, and
 * chapters are named in its words. Nothing in this package maps memory or touches a ring. Numbers are unsigned on
 * the wire: u32 is held in a {@code long} or, where a check has bounded it, in an {@code int}; u64 is held in a
 * {@code long} as its bits.
 */
@NullMarked
package dev.isthmus.vhostuser;

import org.jspecify.annotations.NullMarked;
