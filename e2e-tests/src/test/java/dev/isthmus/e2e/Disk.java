package dev.isthmus.e2e;

import java.nio.file.Path;

/**
 * A disk that a back-end serves.
 *
 * @param name  its serial, at most 20 characters (virtio 1.3, 5.2.6: GET_ID)
 * @param image a raw image or a block device
 * @param client whether the front-end listens at the socket, and the back-end connects
 */
record Disk(String name, Path socket, Path image, int queues, boolean readOnly, boolean direct, boolean client) {

    /** A writable, buffered disk with one queue, its socket beside its image. */
    static Disk of(String name, Path directory, Path image) {
        return new Disk(name, directory.resolve(name + ".sock"), image, 1, false, false, false);
    }

    Disk withQueues(int count) {
        return new Disk(name, socket, image, count, readOnly, direct, client);
    }

    Disk withDirect(boolean on) {
        return new Disk(name, socket, image, queues, readOnly, on, client);
    }

    Disk asReadOnly() {
        return new Disk(name, socket, image, queues, true, direct, client);
    }

    Disk asClient() {
        return new Disk(name, socket, image, queues, readOnly, direct, true);
    }
}
