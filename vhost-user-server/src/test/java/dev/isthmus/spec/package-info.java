/** How tests name the clause of a specification that they show to hold. */
@NullMarked
package dev.isthmus.spec;

import org.jspecify.annotations.NullMarked;
