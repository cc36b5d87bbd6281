/**
 * The management API: HTTP on a Unix socket or on TCP, behind Netty's codec, over Actuator's own endpoint beans.
 *
 * <pre>
 *   curl --unix-socket S http://localhost/devices
 *        │
 *   ManagementServer ── one event loop thread, bounded requests and connections
 *        │
 *   ManagementHandler ─► Route of this path ─► ManagementResponse      404, 405 when there is none
 * </pre>
 */
@NullMarked
package dev.isthmus.server.management;

import org.jspecify.annotations.NullMarked;
