package dev.isthmus.virtqueue;

/** When the other side wants to be told. */
public final class Notification {
    private Notification() {}

    /**
     * Whether an event index lies in the window of entries just written: {@code old <= event < new}, in arithmetic
     * modulo 2^16.
     *
     * <p>virtio 1.3, 2.7.7.2; the closed form is that of {@code vring_need_event()} in
     * include/uapi/linux/virtio_ring.h.
     *
     * @param event the index the other side waits for
     * @param newIndex index after the new entries
     * @param oldIndex index when it was last told; all three are free-running u16
     */
    public static boolean needEvent(int event, int newIndex, int oldIndex) {
        return ((newIndex - event - 1) & 0xffff) < ((newIndex - oldIndex) & 0xffff);
    }
}
