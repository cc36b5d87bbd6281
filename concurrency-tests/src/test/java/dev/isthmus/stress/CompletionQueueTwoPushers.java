package dev.isthmus.stress;

import dev.isthmus.device.CompletionQueue;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Two store threads push at once: neither gets lost. */
@JCStressTest
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "each was pushed once and is there once")
@Outcome(expect = Expect.FORBIDDEN, desc = "one was lost or is there twice")
@State
public class CompletionQueueTwoPushers {
    private final CompletionQueue queue = new CompletionQueue(2);

    @Actor
    public void first() {
        queue.push(0);
    }

    @Actor
    public void second() {
        queue.push(1);
    }

    @Arbiter
    public void worker(II_Result result) {
        int bound = 4;
        for (int head = queue.takeAll(); head != CompletionQueue.NONE && bound > 0; head = queue.after(head)) {
            result.r1 += head == 0 ? 1 : 0;
            result.r2 += head == 1 ? 1 : 0;
            bound--;
        }
    }
}
