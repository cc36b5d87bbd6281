package dev.isthmus.net.uplink;

import dev.isthmus.linux.Errno;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.TapQueue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A TAP interface of the host: what the guest sends comes out of it as if received, what the host sends into it goes to
 * the guest. Checksums and segmentation are handed through as virtio's header says them.
 *
 * <p>All queues are opened at once, when the process starts and may still be refused. Of an interface made for several
 * queues, those that nobody serves are detached: the host puts no frame into them. An interface made for one keeps
 * frames while nobody serves it, up to its {@code txqueuelen}; they are thrown away before it is served again.
 *
 * <p>Any thread; one at a time for a pair.
 */
public final class TapUplink implements Uplink {
    private final TapOptions options;
    private final boolean several;
    private final List<TapQueue> queues;
    private final UplinkAbilities abilities;

    private TapUplink(TapOptions options, boolean several, List<TapQueue> queues, int mtu) {
        this.options = options;
        this.several = several;
        this.queues = List.copyOf(queues);
        this.abilities = new UplinkAbilities(Offloads.ALL, Offloads.ALL, mtu, queues.size());
    }

    /**
     * Attaches to the interface, or makes one if there is none and this process may; sets it up as far as it is not.
     *
     * @throws IOException in one line what is wrong and what the operator can do about it
     */
    public static TapUplink open(TapOptions options) throws IOException {
        List<TapQueue> queues = new ArrayList<>();
        try {
            boolean several = openSeveral(options, queues);
            if (!several) {
                queues.add(TapQueue.open(options.tap(), false));
            }
            return new TapUplink(options, several, queues, TapSetup.prepare(options));
        } catch (LinuxException e) {
            queues.forEach(TapQueue::close);
            throw TapAdvice.about(options, e);
        } catch (IOException | RuntimeException e) {
            queues.forEach(TapQueue::close);
            throw e;
        }
    }

    /** Returns false, and opens none, if one pair is wanted of an interface that was made for one. */
    private static boolean openSeveral(TapOptions options, List<TapQueue> queues) throws LinuxException {
        try {
            while (queues.size() < options.queuePairs()) {
                TapQueue queue = TapQueue.open(options.tap(), true);
                queues.add(queue);
                queue.setAttached(false);
            }
            return true;
        } catch (LinuxException e) {
            if (e.errno() == Errno.EINVAL && queues.isEmpty() && options.queuePairs() == 1) {
                return false;
            }
            throw e;
        }
    }

    @Override
    public UplinkAbilities abilities() {
        return abilities;
    }

    @Override
    public UplinkQueue open(int pair, Offloads toGuest) throws IOException {
        TapQueue queue = queues.get(pair);
        try {
            queue.takeOver(flags(toGuest));
            if (several) {
                queue.setAttached(true);
            }
        } catch (LinuxException e) {
            throw new IOException(TapAdvice.gone(options.tap(), e), e);
        }
        var opened = new TapUplinkQueue(queue, several);
        if (!several) {
            opened.discardWaiting();
        }
        return opened;
    }

    private static int flags(Offloads offloads) {
        return (offloads.checksum() ? TapQueue.TUN_F_CSUM : 0) | (offloads.tso4() ? TapQueue.TUN_F_TSO4 : 0)
                | (offloads.tso6() ? TapQueue.TUN_F_TSO6 : 0) | (offloads.ecn() ? TapQueue.TUN_F_TSO_ECN : 0);
    }

    /** What keeps frames from getting through, a sentence each; empty when nothing does. */
    public List<String> problems() {
        return TapSetup.problems(options.tap());
    }

    @Override
    public void close() {
        queues.forEach(TapQueue::close);
    }
}
