package dev.isthmus.memory;

/**
 * One worker's use of one {@link GuestMemory}: by the worker itself, and by each request it has in flight. When the
 * worker has gone on to another table and the last request has finished, {@code released} runs, and the session may
 * unmap.
 *
 * <p>Owned by the worker: no method is thread safe.
 */
public final class GuestMemoryLease {
    private final GuestMemory memory;
    private int holders;
    private Runnable released = () -> {};
    private boolean retired;

    public GuestMemoryLease(GuestMemory memory) {
        this.memory = memory;
    }

    public GuestMemory memory() {
        return memory;
    }

    /** A request begins to use addresses of this table. */
    public void acquire() {
        holders++;
    }

    /** A request is done with them. */
    public void release() {
        assert holders > 0 : "released more often than acquired";
        holders--;
        if (holders == 0 && retired) {
            released.run();
        }
    }

    /**
     * The worker takes no new request from this table; {@code whenReleased} runs when the last one has finished,
     * perhaps at once.
     */
    public void retire(Runnable whenReleased) {
        assert !retired : "retired twice";
        retired = true;
        released = whenReleased;
        if (holders == 0) {
            released.run();
        }
    }
}
