/**
 * {@code isthmus-blk volume}: what an operator does with volumes, from the command line.
 *
 * <p>{@link dev.isthmus.blk.app.volume.VolumeMain} is where it begins. No Spring application is started for it.
 */
@NullMarked
package dev.isthmus.blk.app.volume;

import org.jspecify.annotations.NullMarked;
