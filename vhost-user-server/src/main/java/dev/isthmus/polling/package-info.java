/**
 * For how long a thread looks for work before it sleeps.
 */
@NullMarked
package dev.isthmus.polling;

import org.jspecify.annotations.NullMarked;
