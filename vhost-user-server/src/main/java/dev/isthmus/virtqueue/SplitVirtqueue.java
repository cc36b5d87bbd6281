package dev.isthmus.virtqueue;

import dev.isthmus.linux.HostMemory;
import dev.isthmus.memory.GuestMemory;
import dev.isthmus.memory.GuestMemoryLease;
import java.lang.foreign.Arena;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/** The split virtqueue, virtio 1.3, 2.7. Indexes are free-running and masked with 0xffff at each step. */
public final class SplitVirtqueue implements Virtqueue {
    private final int size;
    private final int mask;
    private final boolean eventIdx;
    private final SplitAddresses addresses;
    private final Arena arena = Arena.ofShared();
    private final ChainWalk walk;
    private final ChainPool pool;
    private final @Nullable SplitInflight inflight;
    /** By head; null: not in flight. */
    private final @Nullable DescriptorChain[] chains;
    /** Under which memory a head was taken. */
    private final @Nullable GuestMemoryLease[] leases;

    /** What a predecessor took and did not hand back; comes before anything that is available now. */
    private int[] unfinished = {};
    private int unfinishedNext;

    private GuestMemoryLease lease;
    private long descriptorTable;
    private long availableRing;
    private long usedRing;

    private int nextAvail;
    /** Chains taken from the available ring and not given back to it; the others were a predecessor's. */
    private long takenHere;
    /** Available index as last read. */
    private int availIdx;
    private int nextUsed;
    /** Used index as the driver sees it. */
    private int publishedUsed;
    private int inFlight;
    private boolean suppressed;
    /** The next chain is so long that others must be handed back first. */
    private boolean roomless;
    private ChainFault ringFault = ChainFault.NONE;

    private SplitVirtqueue(int size, SplitAddresses addresses, long features, int base, GuestMemoryLease lease,
            @Nullable SplitInflight inflight) {
        this.inflight = inflight;
        this.size = size;
        this.mask = size - 1;
        this.eventIdx = (features & VirtqueueFeatures.EVENT_IDX) != 0;
        this.addresses = addresses;
        this.walk = new ChainWalk(size, (features & VirtqueueFeatures.INDIRECT_DESC) != 0, arena);
        this.pool = new ChainPool(size);
        this.chains = new DescriptorChain[size];
        this.leases = new GuestMemoryLease[size];
        this.lease = lease;
        this.nextAvail = base;
        this.availIdx = base;
    }

    /**
     * Starts a queue whose addresses were checked by {@link SplitAddresses#problem} against {@code lease}'s memory.
     *
     * @param size a power of two, at most {@link Limits#QUEUE_SIZE_MAX}
     * @param features negotiated features
     * @param base available index to go on at; the used index is read from memory, as the vhost-user specification says
     * @param inflight where what is in flight is written down, or null; what a predecessor left there unfinished is
     *     taken first, and decides together with the used index where to go on, whatever {@code base} says
     */
    public static SplitVirtqueue start(int size, SplitAddresses addresses, long features, int base,
            GuestMemoryLease lease, @Nullable SplitInflight inflight) {
        SplitVirtqueue queue = new SplitVirtqueue(size, addresses, features, base, lease, inflight);
        queue.locate();
        if (queue.ringFault == ChainFault.NONE) {
            queue.nextUsed = HostMemory.u16(queue.usedRing + VirtqUsed.IDX);
            queue.publishedUsed = queue.nextUsed;
            queue.recover();
            // 2.7.10.2: with EVENT_IDX flags stays 0; without, 0 means "notify me".
            HostMemory.putU16(queue.usedRing + VirtqUsed.FLAGS, 0);
        }
        return queue;
    }

    /**
     * A front-end whose back-end went away does not know how far that one had come, so it gives as base what the used
     * index was at that moment (QEMU's virtio_queue_restore_last_avail_idx). But the back-end had taken more, and may
     * have handed back more while it was ending. So not the base decides: each chain that was taken is either in the
     * used ring or marked.
     */
    private void recover() {
        if (inflight == null) {
            return;
        }
        int[] heads = inflight.recover(nextUsed);
        if (heads == null) {
            ringFault = ChainFault.INFLIGHT_REGION;
        } else {
            unfinished = heads;
            nextAvail = nextUsed + heads.length & 0xffff;
            availIdx = nextAvail;
        }
    }

    private void locate() {
        GuestMemory memory = lease.memory();
        descriptorTable = addresses.hostDescriptorTable(memory, size);
        availableRing = addresses.hostAvailableRing(memory, size);
        usedRing = addresses.hostUsedRing(memory, size);
        boolean mapped = descriptorTable != GuestMemory.NOT_MAPPED && availableRing != GuestMemory.NOT_MAPPED
                && usedRing != GuestMemory.NOT_MAPPED;
        if (!mapped) {
            ringFault = ChainFault.RING_NOT_MAPPED;
            usedRing = GuestMemory.NOT_MAPPED; // one test stands for all three from here on
        }
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public int poll() {
        if (ringFault != ChainFault.NONE) {
            return BROKEN;
        }
        boolean again = isRecovering();
        if (!again && availIdx == nextAvail && !readAvailIdx()) {
            return ringFault == ChainFault.NONE ? NONE : BROKEN;
        }
        roomless = false;
        if (pool.isExhausted()) {
            return NONE;
        }
        int head = again ? unfinished[unfinishedNext]
                : HostMemory.u16(availableRing + VirtqAvail.RING + (long) VirtqAvail.ENTRY_BYTES * (nextAvail & mask));
        if (head >= size) {
            return broken(ChainFault.HEAD_OUT_OF_RANGE);
        }
        if (leases[head] != null) {
            return broken(ChainFault.HEAD_ALREADY_IN_FLIGHT);
        }
        DescriptorChain chain = pool.take();
        chains[head] = chain; // before the walk: if guest memory fails in it, close() finds the chain here
        if (!walk.walk(lease.memory(), descriptorTable, head, chain)) {
            chains[head] = null;
            pool.give(chain);
            roomless = true;
            return NONE;
        }
        leases[head] = lease;
        lease.acquire();
        inFlight++;
        if (again) {
            unfinishedNext++;
        } else {
            nextAvail = nextAvail + 1 & 0xffff;
            takenHere++;
            if (inflight != null) {
                inflight.taken(head);
            }
        }
        return head;
    }

    /** Whether there is something new. Acquire: pairs with the driver's barrier before it writes idx (2.7.13.3.1). */
    private boolean readAvailIdx() {
        availIdx = HostMemory.u16Acquire(availableRing + VirtqAvail.IDX);
        if ((availIdx - nextAvail & 0xffff) > size) {
            ringFault = ChainFault.AVAIL_INDEX_TOO_FAR;
            return false;
        }
        return availIdx != nextAvail;
    }

    private int broken(ChainFault fault) {
        ringFault = fault;
        return BROKEN;
    }

    @Override
    public DescriptorChain chain(int head) {
        DescriptorChain chain = chains[head];
        if (chain == null) {
            throw new IllegalStateException("head " + head + " is not in flight");
        }
        return chain;
    }

    @Override
    public void giveBack(int head) {
        GuestMemoryLease taken = leases[head];
        DescriptorChain chain = chains[head];
        if (taken == null || chain == null) {
            throw new IllegalStateException("head " + head + " is not in flight");
        }
        if (takenHere > 0) {
            takenHere--;
            nextAvail = nextAvail - 1 & 0xffff;
            if (inflight != null) {
                inflight.givenBack(head);
            }
        } else {
            unfinishedNext--;
        }
        free(head, chain, taken);
    }

    private void free(int head, DescriptorChain chain, GuestMemoryLease taken) {
        leases[head] = null;
        chains[head] = null;
        pool.give(chain);
        inFlight--;
        taken.release();
    }

    @Override
    public void addUsed(int head, long length) {
        GuestMemoryLease taken = leases[head];
        DescriptorChain chain = chains[head];
        if (taken == null || chain == null) {
            throw new IllegalStateException("head " + head + " is not in flight");
        }
        if (usedRing != GuestMemory.NOT_MAPPED) {
            long entry = usedRing + VirtqUsed.RING + (long) VirtqUsed.ENTRY_BYTES * (nextUsed & mask);
            HostMemory.putU32(entry, head);
            HostMemory.putU32(entry + VirtqUsed.ENTRY_LEN, length);
            nextUsed = nextUsed + 1 & 0xffff;
            if (inflight != null) {
                inflight.used(head);
            }
        }
        free(head, chain, taken);
    }

    @Override
    public boolean publish() {
        if (nextUsed == publishedUsed || usedRing == GuestMemory.NOT_MAPPED) {
            return false;
        }
        int old = publishedUsed;
        publishedUsed = nextUsed;
        // 2.7.8.2: id and len before idx. Release; pairs with the driver's barrier after it reads idx.
        HostMemory.putU16Release(usedRing + VirtqUsed.IDX, nextUsed);
        if (inflight != null) {
            inflight.published(nextUsed);
        }
        // idx before the driver's wish is read; pairs with its barrier between writing the wish and reading idx
        // (2.7.7.2, 2.7.14).
        VarHandle.fullFence();
        if (eventIdx) {
            int usedEvent = HostMemory.u16(availableRing + VirtqAvail.usedEvent(size));
            return Notification.needEvent(usedEvent, nextUsed, old);
        }
        return (HostMemory.u16(availableRing + VirtqAvail.FLAGS) & VirtqAvail.F_NO_INTERRUPT) == 0;
    }

    @Override
    public void suppressNotifications() {
        if (suppressed || ringFault != ChainFault.NONE) {
            return;
        }
        suppressed = true;
        if (eventIdx) {
            // 2.7.10.2: an index the driver has passed. Left as it was armed, it would ask for one more notification.
            HostMemory.putU16(usedRing + VirtqUsed.availEvent(size), nextAvail - 1);
        } else {
            HostMemory.putU16(usedRing + VirtqUsed.FLAGS, VirtqUsed.F_NO_NOTIFY);
        }
    }

    @Override
    public boolean awaitNotification() {
        if (ringFault != ChainFault.NONE) {
            return false;
        }
        suppressed = false;
        if (eventIdx) {
            HostMemory.putU16(usedRing + VirtqUsed.availEvent(size), nextAvail);
        } else {
            HostMemory.putU16(usedRing + VirtqUsed.FLAGS, 0);
        }
        // Our wish before idx is read; pairs with the driver's barrier between writing idx and reading our wish
        // (2.7.13.4.1).
        VarHandle.fullFence();
        boolean more = isRecovering() || readAvailIdx();
        return more && !isFull() || ringFault != ChainFault.NONE;
    }

    @Override
    public int unfinished() {
        return unfinished.length - unfinishedNext;
    }

    @Override
    public boolean isRecovering() {
        return unfinishedNext < unfinished.length;
    }

    @Override
    public boolean isFull() {
        return roomless || pool.isExhausted();
    }

    @Override
    public int inFlight() {
        return inFlight;
    }

    @Override
    public int base() {
        return nextAvail;
    }

    @Override
    public ChainFault ringFault() {
        return ringFault;
    }

    @Override
    public void memory(GuestMemoryLease newLease) {
        lease = newLease;
        locate();
    }

    /** An abandoned queue still has chains in hand; nobody else has, so what they borrowed can go. */
    @Override
    public void close() {
        for (DescriptorChain chain : chains) {
            if (chain != null) {
                chain.giveBack();
            }
        }
        pool.close();
        arena.close();
    }
}
