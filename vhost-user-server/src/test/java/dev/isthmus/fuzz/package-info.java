/** What the seeded generators share: randomness that repeats, and counting what was reached. */
@NullMarked
package dev.isthmus.fuzz;

import org.jspecify.annotations.NullMarked;
