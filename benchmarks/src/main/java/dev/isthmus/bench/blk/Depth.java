package dev.isthmus.bench.blk;

/** How many requests are in flight in how many queues. */
enum Depth {
    D1("d1", 1, 1),
    D32("d32", 1, 32),
    D4X32("4x32", 4, 32);

    static final int QUEUES_MAX = 4;

    private final String text;
    private final int queues;
    private final int perQueue;

    Depth(String text, int queues, int perQueue) {
        this.text = text;
        this.queues = queues;
        this.perQueue = perQueue;
    }

    String text() {
        return text;
    }

    int queues() {
        return queues;
    }

    int perQueue() {
        return perQueue;
    }
}
