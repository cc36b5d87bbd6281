package dev.isthmus.net;

import dev.isthmus.linux.EventFd;
import dev.isthmus.linux.HostMemory;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.OwnedFd;
import dev.isthmus.net.uplink.Offloads;
import dev.isthmus.net.uplink.Uplink;
import dev.isthmus.net.uplink.UplinkAbilities;
import dev.isthmus.net.uplink.UplinkQueue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * An uplink whose frames a test gives and takes, from any thread. One with a descriptor wakes the worker as a real one
 * does.
 */
final class ScriptedUplink implements Uplink {
    final Queue<byte[]> sent = new ConcurrentLinkedQueue<>();
    final List<Offloads> opened = new ArrayList<>();
    final List<String> events = new ArrayList<>();
    /** What {@link UplinkQueue#send} says next; SENT when there is nothing. */
    final Queue<Integer> answers = new ConcurrentLinkedQueue<>();
    private final Queue<byte[]> arriving = new ConcurrentLinkedQueue<>();
    private final UplinkAbilities abilities;
    /** Null: it has no descriptor, and goes on after it was closed. */
    private final @Nullable OwnedFd signal;
    private volatile boolean broken;

    private ScriptedUplink(UplinkAbilities abilities, boolean signalled) {
        this.abilities = abilities;
        try {
            this.signal = signalled ? EventFd.create() : null;
        } catch (LinuxException e) {
            throw new IllegalStateException(e);
        }
    }

    static ScriptedUplink create() {
        return new ScriptedUplink(new UplinkAbilities(Offloads.ALL, Offloads.ALL, 0, 8), false);
    }

    static ScriptedUplink with(UplinkAbilities abilities) {
        return new ScriptedUplink(abilities, false);
    }

    /** Its descriptor is readable when a frame comes. */
    static ScriptedUplink signalling() {
        return new ScriptedUplink(new UplinkAbilities(Offloads.ALL, Offloads.ALL, 0, 8), true);
    }

    /** A header and a frame come in. */
    void arrives(byte[] header, byte[] frame) {
        byte[] all = new byte[header.length + frame.length];
        System.arraycopy(header, 0, all, 0, header.length);
        System.arraycopy(frame, 0, all, header.length, frame.length);
        arriving.add(all);
        if (signal != null) {
            EventFd.signal(signal.number());
        }
    }

    /** It cannot be opened any more. */
    void breaks() {
        broken = true;
    }

    @Override
    public UplinkAbilities abilities() {
        return abilities;
    }

    @Override
    public UplinkQueue open(int pair, Offloads toGuest) throws IOException {
        if (broken) {
            throw new IOException("the interface is gone");
        }
        opened.add(toGuest);
        events.add("open " + pair);
        return new ScriptedQueue(pair);
    }

    @Override
    public void close() {
        if (signal != null) {
            signal.close();
        }
    }

    private final class ScriptedQueue implements UplinkQueue {
        private final int pair;

        ScriptedQueue(int pair) {
            this.pair = pair;
        }

        @Override
        public int descriptor() {
            return signal == null ? NO_DESCRIPTOR : signal.number();
        }

        @Override
        public void receiving(boolean wanted) {
            events.add("receiving " + pair + " " + wanted);
        }

        @Override
        public int send(long iovecs, int count, int bytes) {
            Integer answer = answers.poll();
            if (answer != null && answer != SENT) {
                return answer;
            }
            byte[] frame = new byte[bytes];
            int done = 0;
            for (int i = 0; i < count; i++) {
                long entry = iovecs + 16L * i;
                int length = (int) HostMemory.u64(entry + 8);
                HostMemory.copy(HostMemory.u64(entry), frame, done, length);
                done += length;
            }
            if (done != bytes) {
                throw new IllegalStateException(done + " bytes described as " + bytes);
            }
            sent.add(frame);
            return SENT;
        }

        @Override
        public int receive(long iovecs, int count) {
            byte[] frame = arriving.poll();
            if (frame == null) {
                return NOTHING;
            }
            int done = 0;
            for (int i = 0; i < count && done < frame.length; i++) {
                long entry = iovecs + 16L * i;
                int part = (int) Math.min(HostMemory.u64(entry + 8), frame.length - done);
                HostMemory.copy(frame, done, HostMemory.u64(entry), part);
                done += part;
            }
            return done == frame.length ? done : TOO_LARGE;
        }

        @Override
        public void close() {
            events.add("close " + pair);
        }
    }
}
