/**
 * What the hot path counts with: one writer, any reader, no allocation, no lock. Meters are made of these at the edge
 * ({@code server}).
 */
@NullMarked
package dev.isthmus.counters;

import org.jspecify.annotations.NullMarked;
