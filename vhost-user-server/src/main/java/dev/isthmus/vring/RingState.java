package dev.isthmus.vring;

/**
 * A ring's two states, which are independent (the vhost-user specification, "Ring states"). Rings begin stopped and
 * disabled.
 *
 * <pre>
 *   started and enabled    processed
 *   started and disabled   processed without side effects: a block ring waits,
 *                          a network ring drops what the guest sends
 *   stopped                not touched
 * </pre>
 *
 * <p>A ring starts with SET_VRING_KICK. Older texts said "at the first kick"; the newest one tells back-ends not to
 * wait for it.
 */
public record RingState(boolean started, boolean enabled) {
    public static final RingState INITIAL = new RingState(false, false);

    RingState onSetVringKick() {
        return new RingState(true, enabled);
    }

    RingState onGetVringBase() {
        return new RingState(false, enabled);
    }

    RingState onSetVringEnable(boolean enable) {
        return new RingState(started, enable);
    }

    /** SET_FEATURES without VHOST_USER_F_PROTOCOL_FEATURES enables all rings at once; with it, nothing changes. */
    RingState onSetFeatures(boolean protocolFeatures) {
        return protocolFeatures ? this : new RingState(started, true);
    }
}
