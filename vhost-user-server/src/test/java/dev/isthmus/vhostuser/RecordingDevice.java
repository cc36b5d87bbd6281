package dev.isthmus.vhostuser;

import dev.isthmus.device.DeviceMessages;
import dev.isthmus.device.VirtioDevice;
import dev.isthmus.device.VringContext;
import dev.isthmus.device.VringHandler;
import dev.isthmus.linux.HostMemory;
import dev.isthmus.virtqueue.ChainFault;
import dev.isthmus.virtqueue.DescriptorChain;
import dev.isthmus.virtqueue.Virtqueue;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A device that writes {@link #FILL} into every device-writable byte and zero into the last of them, which is what a
 * block driver takes for success. It can be told to hold what it takes, as a slow disk does.
 */
public final class RecordingDevice implements VirtioDevice {
    public static final int FILL = 0x5a;

    private final String name;
    private final int queues;
    private final Queue<Held> held = new ConcurrentLinkedQueue<>();

    /** What happened, in order: "start", "open 0", "close 0", "stop", "mtu 1500", "at 02:00:00:00:00:01". */
    public final Queue<String> events = new ConcurrentLinkedQueue<>();

    public final AtomicInteger taken = new AtomicInteger();

    /** What it says of its oldest request in flight. */
    public final AtomicLong oldestNanos = new AtomicLong();

    /** Times the watchdog let it look after itself. */
    public final AtomicInteger looks = new AtomicInteger();
    private volatile boolean holding;
    private volatile byte[] configuration = {1, 2, 3, 4, 5, 6, 7, 8};
    private volatile Runnable listener = () -> {};

    private record Held(Handler handler, int head) {}

    public RecordingDevice(String name, int queues) {
        this.name = name;
        this.queues = queues;
    }

    /** From now on requests stay in flight, or do not any more; {@link #release} lets go of those. */
    public void holding(boolean hold) {
        holding = hold;
    }

    /** Requests in flight that this device holds. */
    public int heldCount() {
        return held.size();
    }

    /** Finishes one held request. */
    public void releaseOne() {
        Held request = held.remove();
        request.handler().finished.add(request.head());
        request.handler().context.wakeup().wake();
    }

    /** Finishes all held requests. */
    public void release() {
        while (!held.isEmpty()) {
            releaseOne();
        }
    }

    /** The configuration space changes by itself. */
    public void changeConfiguration(byte[] now) {
        configuration = now.clone();
        listener.run();
    }

    /** All there are. */
    @Override
    public Set<DeviceMessages> messages() {
        return EnumSet.allOf(DeviceMessages.class);
    }

    /** Takes no more than 9000. */
    @Override
    public boolean guestMtu(long mtu) {
        events.add("mtu " + mtu);
        return mtu <= 9000;
    }

    @Override
    public void announce(byte[] mac) {
        events.add("at " + HexFormat.ofDelimiter(":").formatHex(mac));
    }

    @Override
    public long oldestRequestNanos(int queue, long nowNanos) {
        return oldestNanos.get();
    }

    @Override
    public void look(long nowNanos) {
        looks.incrementAndGet();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int queueCount() {
        return queues;
    }

    @Override
    public long features() {
        return 0;
    }

    @Override
    public byte[] configuration() {
        return configuration.clone();
    }

    /** Byte 3 may be written. */
    @Override
    public boolean writeConfiguration(int offset, byte[] bytes) {
        if (offset != 3 || bytes.length != 1) {
            return false;
        }
        byte[] changed = configuration.clone();
        changed[3] = bytes[0];
        configuration = changed;
        return true;
    }

    @Override
    public void onConfigurationChange(Runnable whom) {
        listener = whom;
    }

    @Override
    public void start(long features) {
        events.add("start");
    }

    @Override
    public void stop() {
        events.add("stop");
    }

    @Override
    public VringHandler openVring(VringContext context) {
        events.add("open " + context.index());
        return new Handler(context);
    }

    @Override
    public void close() {}

    private final class Handler implements VringHandler {
        private final VringContext context;
        private final Virtqueue queue;
        private final Queue<Integer> finished = new ConcurrentLinkedQueue<>();
        private final Deque<Integer> done = new ArrayDeque<>();
        private int inFlight;
        private boolean abandoned;

        Handler(VringContext context) {
            this.context = context;
            this.queue = context.queue();
        }

        @Override
        public int takeAvailable(int budget) {
            int count = 0;
            while (count < budget) {
                int head = queue.poll();
                if (head < 0) {
                    break;
                }
                count++;
                taken.incrementAndGet();
                if (holding) {
                    inFlight++;
                    held.add(new Held(this, head));
                } else {
                    answer(head);
                }
            }
            return count;
        }

        private void answer(int head) {
            DescriptorChain chain = queue.chain(head);
            long written = 0;
            if (chain.fault() == ChainFault.NONE) {
                for (int i = chain.readableCount(); i < chain.count(); i++) {
                    HostMemory.fill(chain.address(i), chain.length(i), FILL);
                }
                if (chain.writableBytes() > 0) {
                    HostMemory.putU8(chain.lastWritableByte(), 0);
                }
                written = chain.writableBytes();
            }
            queue.addUsed(head, written);
        }

        @Override
        public int takeCompletions() {
            Integer head = finished.poll();
            while (head != null) {
                done.add(head);
                head = finished.poll();
            }
            int count = done.size();
            while (!done.isEmpty()) {
                inFlight--;
                int next = done.remove();
                if (!abandoned) {
                    answer(next);
                }
            }
            return count;
        }

        @Override
        public boolean hasCompletions() {
            return !finished.isEmpty() || !done.isEmpty();
        }

        @Override
        public int inFlight() {
            return inFlight;
        }

        @Override
        public void abandon() {
            abandoned = true;
        }

        @Override
        public void close() {
            events.add("close " + context.index());
        }
    }
}
