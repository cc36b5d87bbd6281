/**
 * Thin volumes in RocksDB: one directory each, with snapshots and clones.
 *
 * <pre>
 *   VOLUMES_DIR/
 *     NAME/                a volume
 *       volume             what it is: {@link dev.isthmus.blk.store.volume.VolumeHeader}, replaced as a whole
 *       lock               locked by whoever uses the volume; holds its process id
 *       data-N/            RocksDB; N is named by the header, anything else of this kind is a left-over
 *       snapshots/NAME/    volume, data/: never changed after it has its name
 *     .new-..., .gone-...  being made or deleted: no volume, whatever is in it
 * </pre>
 *
 * <p>{@link dev.isthmus.blk.store.volume.Volumes} is the directory, {@link
 * dev.isthmus.blk.store.volume.RocksDbBlockStore} one volume as the sectors of a device. Only this package knows
 * RocksDB, and it never sees a guest's memory: data is copied first.
 */
@NullMarked
package dev.isthmus.blk.store.volume;

import org.jspecify.annotations.NullMarked;
