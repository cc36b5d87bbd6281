/**
 * A store that misbehaves on demand, around another one: for tests, and for operators who want to see whether their
 * alerts would reach them. A device has it only if it was started so.
 */
@NullMarked
package dev.isthmus.blk.store.fault;

import org.jspecify.annotations.NullMarked;
