package dev.isthmus.bench.blk;

import java.util.List;
import java.util.Locale;

/**
 * Requests in flight, spread over the devices of one process and over their queues.
 *
 * @param devices each with a client thread of its own
 * @param queues of each device
 * @param depth of each queue
 */
record Spread(int devices, int queues, int depth) {
    /** The first is what the others are compared with. */
    private static final List<Spread> SHAPES = List.of(new Spread(1, 1, 1), new Spread(4, 1, 1),
            new Spread(16, 1, 1), new Spread(1, 2, 1), new Spread(1, 4, 1));

    /** @param each whether there are so many in each device; otherwise over all */
    static List<Spread> all(int inFlight, boolean each) {
        return SHAPES.stream().map(shape -> new Spread(shape.devices, shape.queues,
                Math.max(1, inFlight / shape.queues / (each ? 1 : shape.devices)))).toList();
    }

    String name() {
        return count(devices, "device") + "-" + count(queues, "queue");
    }

    private static String count(int number, String what) {
        return String.format(Locale.ROOT, "%d-%s%s", number, what, number == 1 ? "" : "s");
    }
}
