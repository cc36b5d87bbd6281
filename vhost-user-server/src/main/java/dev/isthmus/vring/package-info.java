/**
 * A vring's life: how the front-end configures it, how it goes to a worker and comes back, and the worker's duty cycle.
 *
 * <p>Two sides, two owners. {@link dev.isthmus.vring.Vrings} and {@link dev.isthmus.vring.VringSetup} belong to the
 * session's thread; {@link dev.isthmus.vring.Vring} and {@link dev.isthmus.vring.VringWorker} to the worker. Between
 * them is {@link dev.isthmus.vring.VringWorkerProxy}.
 */
@NullMarked
package dev.isthmus.vring;

import org.jspecify.annotations.NullMarked;
