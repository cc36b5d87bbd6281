package dev.isthmus.bench.blk;

import java.util.List;

/**
 * Load on the devices of one process and on their queues.
 *
 * @param devices each with a client thread of its own
 * @param queues of each device
 * @param depth of each queue
 * @param bounded whether it may cost only {@link ScaleResult#GROWTH_MAX} times what the first one costs
 */
record Spread(String name, int devices, int queues, int depth, boolean bounded) {
    private static final int FEW = 4;
    private static final int MANY = 16;

    /**
     * All that are measured; the first is what the others are compared with.
     *
     * @param depth in flight in each device, and, where devices share them, over all
     */
    static List<Spread> all(int depth) {
        return List.of(
                new Spread("1-device", 1, 1, depth, false),
                new Spread("4-devices", FEW, 1, depth, false),
                new Spread("16-devices", MANY, 1, depth, true),
                new Spread("4-devices-share", FEW, 1, atLeastOne(depth / FEW), false),
                new Spread("16-devices-share", MANY, 1, atLeastOne(depth / MANY), false),
                new Spread("2-queues", 1, 2, atLeastOne(depth / 2), false),
                new Spread("4-queues", 1, 4, atLeastOne(depth / 4), false));
    }

    private static int atLeastOne(int depth) {
        return Math.max(1, depth);
    }
}
