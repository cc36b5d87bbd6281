package dev.isthmus.stress;

import dev.isthmus.linux.HostMemory;
import java.lang.foreign.Arena;
import java.lang.invoke.VarHandle;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/**
 * How the device asks for a notification while the driver makes something available (virtio 1.3, 2.7.13.4.1), on native
 * memory and with the very accesses of SplitVirtqueue.
 */
@JCStressTest
@Outcome(id = "false, false", expect = Expect.FORBIDDEN, desc = "the device saw nothing and the driver sent nothing")
@Outcome(expect = Expect.ACCEPTABLE, desc = "the device saw it, or the driver notifies")
@State
public class RingNotification {
    private final Arena arena = Arena.ofAuto();
    private final long index = arena.allocate(8, 8).address();
    private final long flags = arena.allocate(8, 8).address();

    public RingNotification() {
        HostMemory.putU16(flags, 1);
    }

    @Actor
    public void device(ZZ_Result result) {
        HostMemory.putU16(flags, 0);
        VarHandle.fullFence();
        result.r1 = HostMemory.u16Acquire(index) == 1;
    }

    @Actor
    public void driver(ZZ_Result result) {
        HostMemory.putU16Release(index, 1);
        VarHandle.fullFence();
        result.r2 = HostMemory.u16(flags) == 0;
    }
}
