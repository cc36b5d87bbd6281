package dev.isthmus.blk.store.volume;

import java.lang.foreign.Arena;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/** Takes data away that is behind a new end, so that it does not come back when the volume grows again. */
final class VolumeShrink {
    private VolumeShrink() {}

    static void run(OpenVolume volume, long sizeBytes, boolean discardData) throws VolumeException {
        int blockBytes = volume.header().blockBytes();
        long kept = sizeBytes / blockBytes;
        int tail = (int) (sizeBytes % blockBytes);
        try (Arena arena = Arena.ofConfined(); WriteBatch batch = new WriteBatch()) {
            var edge = new BlockBuffer(arena, blockBytes);
            boolean edgeHasData = tail != 0 && edge.load(volume.db(), kept)
                    && !VolumeImport.isZero(edge.data() + tail, blockBytes - tail);
            long last = volume.db().lastBlock();
            boolean hasData = edgeHasData || last >= kept + (tail == 0 ? 0 : 1);
            if (hasData && !discardData) {
                throw new VolumeException("volume " + volume.paths().name() + " has data behind " + sizeBytes
                        + " bytes: free it in the guest first, or say that it is to be discarded");
            }
            if (edgeHasData) {
                edge.zero(tail, blockBytes - tail);
                batch.put(edge.key(kept), edge.sealed(kept));
            }
            if (hasData) {
                batch.deleteRange(VolumeDb.key(kept + (tail == 0 ? 0 : 1)), VolumeDb.key(last + 1));
                volume.db().write(batch);
                volume.db().sync();
            }
        } catch (RocksDBException e) {
            throw new VolumeException("volume " + volume.paths().name() + ": " + e.getMessage(), e);
        } catch (DamagedBlockException e) {
            throw new VolumeException("volume " + volume.paths().name() + ": the block at the new end is damaged", e);
        }
    }
}
