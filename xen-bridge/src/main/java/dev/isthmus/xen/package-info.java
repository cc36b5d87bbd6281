/**
 * What a back-end needs of Xen: other domains' pages, event channels and xenstore. By system calls, without libxen.
 */
@NullMarked
package dev.isthmus.xen;

import org.jspecify.annotations.NullMarked;
