/**
 * Real guests, real clients and real back-end processes.
 *
 * <p>A test starts a {@link dev.isthmus.e2e.BackendProcess} with its disks, boots a {@link dev.isthmus.e2e.Guest} on
 * them and lets it run scripts. Whatever a test starts ends with it, by process id; every wait has a limit.
 */
@NullMarked
package dev.isthmus.e2e;

import org.jspecify.annotations.NullMarked;
