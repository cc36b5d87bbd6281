/**
 * Guest memory as the front-end described it, and the only way from an address in a descriptor to an address of ours.
 *
 * <p>Three numbers name a byte of guest memory, and they are never mixed: the <em>guest address</em> (descriptors hold
 * it), the <em>user address</em> (where the front-end has it mapped; ring addresses are given so) and the <em>host
 * address</em>, where this process has it mapped.
 */
@NullMarked
package dev.isthmus.memory;

import org.jspecify.annotations.NullMarked;
