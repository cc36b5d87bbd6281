package dev.isthmus.stress;

import dev.isthmus.device.CompletionQueue;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * The worker takes while a store thread pushes onto what is there already: each head comes once, now or later, and with
 * it what was written before the push.
 */
@JCStressTest
@Outcome(id = "1, 1, 0", expect = Expect.ACCEPTABLE, desc = "each came once, with its data")
@Outcome(expect = Expect.FORBIDDEN, desc = "lost, twice, or without its data")
@State
public class CompletionQueueTakeWhilePushing {
    private final CompletionQueue queue = new CompletionQueue(2);
    private final int[] written = new int[2];
    private final int[] seen = new int[2];
    private int stale;

    public CompletionQueueTakeWhilePushing() {
        written[0] = 1;
        queue.push(0);
    }

    @Actor
    public void store() {
        written[1] = 1;
        queue.push(1);
    }

    @Actor
    public void worker() {
        take();
    }

    @Arbiter
    public void later(III_Result result) {
        take();
        result.r1 = seen[0];
        result.r2 = seen[1];
        result.r3 = stale;
    }

    private void take() {
        int bound = 4;
        for (int head = queue.takeAll(); head != CompletionQueue.NONE && bound > 0; head = queue.after(head)) {
            seen[head]++;
            stale += 1 - written[head];
            bound--;
        }
    }
}
