/**
 * How much a device may ask of its store in a second, alone or together with others: a store around another one, which
 * every device of a process has and which is only looked at while there is no limit.
 */
@NullMarked
package dev.isthmus.blk.store.limit;

import org.jspecify.annotations.NullMarked;
