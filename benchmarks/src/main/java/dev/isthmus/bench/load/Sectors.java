package dev.isthmus.bench.load;

/** virtio 1.3, 5.2.4: the unit of virtio-blk's offsets and capacity, whatever the block size. */
final class Sectors {
    static final int BYTES = 512;

    private Sectors() {}
}
