package dev.isthmus.stress;

import dev.isthmus.device.CompletionQueue;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/**
 * How a worker goes to sleep while a store thread hands it something, as WorkerLoop does it: one says that it is about
 * to sleep and then looks; the other leaves something and then asks whether anybody sleeps.
 */
@JCStressTest
@Outcome(id = "true, false", expect = Expect.FORBIDDEN, desc = "the worker sleeps and nobody wakes it")
@Outcome(expect = Expect.ACCEPTABLE, desc = "it stays awake, or is woken")
@State
public class WakeProtocol {
    private final CompletionQueue queue = new CompletionQueue(1);
    private volatile boolean sleeping;

    @Actor
    public void worker(ZZ_Result result) {
        sleeping = true;
        result.r1 = queue.isEmpty();
    }

    @Actor
    public void store(ZZ_Result result) {
        queue.push(0);
        result.r2 = sleeping;
    }
}
