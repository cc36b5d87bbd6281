package dev.isthmus.e2e;

import java.nio.file.Path;

/**
 * A disk that a back-end serves.
 *
 * @param name  its serial, at most 20 characters (virtio 1.3, 5.2.6: GET_ID)
 * @param image a raw image or a block device; or the directory of a volume
 * @param client whether the front-end listens at the socket, and the back-end connects
 */
record Disk(String name, Path socket, Path image, int queues, boolean readOnly, boolean direct, boolean client,
        boolean volume) {

    /** A writable, buffered disk with one queue, its socket beside its image. */
    static Disk of(String name, Path directory, Path image) {
        return new Disk(name, directory.resolve(name + ".sock"), image, 1, false, false, false, false);
    }

    /** The same on a volume, its socket beside the volumes. */
    static Disk ofVolume(String name, Path volumes) {
        return new Disk(name, volumes.resolveSibling(name + ".sock"), volumes.resolve(name), 1, false, false, false,
                true);
    }

    Disk withQueues(int count) {
        return new Disk(name, socket, image, count, readOnly, direct, client, volume);
    }

    Disk withDirect(boolean on) {
        return new Disk(name, socket, image, queues, readOnly, on, client, volume);
    }

    Disk asReadOnly() {
        return new Disk(name, socket, image, queues, true, direct, client, volume);
    }

    Disk asClient() {
        return new Disk(name, socket, image, queues, readOnly, direct, true, volume);
    }
}
