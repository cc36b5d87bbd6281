/** What every measurement needs around itself: servers, what they cost, and that nothing of it stays behind. */
@NullMarked
package dev.isthmus.bench.rig;

import org.jspecify.annotations.NullMarked;
