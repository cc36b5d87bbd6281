package dev.isthmus.net;

import dev.isthmus.device.VringContext;
import dev.isthmus.device.VringHandler;
import dev.isthmus.linux.HostMemory;
import dev.isthmus.virtqueue.ChainFault;
import dev.isthmus.virtqueue.DescriptorChain;
import dev.isthmus.virtqueue.Virtqueue;

/**
 * The control queue of a front-end that passes it on: virtio 1.3, 5.1.6.5. QEMU and DPDK answer it themselves. Cold: a
 * driver sends few commands, and waits for each.
 */
final class ControlVring implements VringHandler {
    private static final int OK = 0;
    private static final int ERR = 1;
    /** What a driver with VIRTIO_NET_F_MQ has until it asks for more (5.1.6.5.5). */
    private static final int PAIRS_AT_FIRST = 1;

    private final NetDevice device;
    private final Virtqueue queue;
    private final ControlCommand commands;
    private final ControlCounters counters;

    ControlVring(NetDevice device, VringContext context, ControlCounters counters) {
        this.device = device;
        this.queue = context.queue();
        this.commands = new ControlCommand(device, context.features());
        this.counters = counters;
        device.activePairs(PAIRS_AT_FIRST);
    }

    @Override
    public int takeAvailable(int budget) {
        int taken = 0;
        while (taken < budget) {
            int head = queue.poll();
            if (head < 0) {
                return taken;
            }
            taken++;
            queue.addUsed(head, answer(queue.chain(head)));
        }
        return taken;
    }

    /** Returns the bytes written: the answer is the first device-writable one. */
    private int answer(DescriptorChain chain) {
        boolean usable = chain.fault() == ChainFault.NONE && chain.writableCount() > 0
                && chain.readableBytes() >= ControlCommand.HEADER_BYTES
                && chain.readableBytes() <= Limits.COMMAND_BYTES_MAX;
        if (!usable) {
            counters.unusable.increment();
            return 0;
        }
        boolean accepted = commands.run(read(chain));
        (accepted ? counters.accepted : counters.refused).increment();
        HostMemory.putU8(chain.address(chain.readableCount()), accepted ? OK : ERR);
        return 1;
    }

    private static byte[] read(DescriptorChain chain) {
        byte[] command = new byte[(int) chain.readableBytes()];
        int done = 0;
        for (int i = 0; i < chain.readableCount(); i++) {
            int length = (int) chain.length(i);
            HostMemory.copy(chain.address(i), command, done, length);
            done += length;
        }
        return command;
    }

    @Override
    public int takeCompletions() {
        return 0;
    }

    @Override
    public boolean hasCompletions() {
        return false;
    }

    @Override
    public int inFlight() {
        return 0;
    }

    @Override
    public void abandon() {}

    @Override
    public void close() {
        device.activePairs(device.queuePairs());
    }
}
