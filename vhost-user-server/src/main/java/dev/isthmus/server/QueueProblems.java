package dev.isthmus.server;

import dev.isthmus.vring.VringCounters;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What the watchdog knows about the queues of a device, a sentence each. */
final class QueueProblems {
    private QueueProblems() {}

    /** @param queues what is counted about each virtqueue */
    static List<String> of(String device, List<VringCounters> queues) {
        List<String> problems = new ArrayList<>();
        for (int queue = 0; queue < queues.size(); queue++) {
            long stalled = queues.get(queue).stalledNanos.get();
            if (stalled > 0) {
                problems.add("Queue " + queue + " of " + device + ": a request has been in flight for "
                        + seconds(stalled) + " s; the storage does not answer.");
            }
            long untaken = queues.get(queue).untakenNanos.get();
            if (untaken > 0) {
                problems.add("Queue " + queue + " of " + device + ": a request has been available for "
                        + seconds(untaken) + " s and is not taken.");
            }
        }
        return problems;
    }

    private static long seconds(long nanos) {
        return TimeUnit.NANOSECONDS.toSeconds(nanos);
    }
}
