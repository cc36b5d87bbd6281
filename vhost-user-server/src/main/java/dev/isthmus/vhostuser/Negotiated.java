package dev.isthmus.vhostuser;

/**
 * What the decoder has to know of a session.
 *
 * @param offeredFeatures bits GET_FEATURES answers
 * @param featuresSet whether there was a SET_FEATURES
 * @param features bits of the last SET_FEATURES, 0 before it
 * @param protocolFeatures bits of the last SET_PROTOCOL_FEATURES, 0 before it
 * @param queues number of queues the device has, 1 to {@link Limits#QUEUES_MAX}
 */
public record Negotiated(
        long offeredFeatures, boolean featuresSet, long features, long protocolFeatures, int queues) {
    public Negotiated {
        if (queues < 1 || queues > Limits.QUEUES_MAX) {
            throw new IllegalArgumentException("a device of " + queues + " queues");
        }
    }

    /** The beginning of every session. */
    public static Negotiated nothing(long offeredFeatures, int queues) {
        return new Negotiated(offeredFeatures, false, 0, 0, queues);
    }

    public Negotiated withFeatures(long newFeatures) {
        return new Negotiated(offeredFeatures, true, newFeatures, protocolFeatures, queues);
    }

    public Negotiated withProtocolFeatures(long newProtocolFeatures) {
        return new Negotiated(offeredFeatures, featuresSet, features, newProtocolFeatures, queues);
    }

    public boolean has(ProtocolFeature feature) {
        return (protocolFeatures & feature.mask()) != 0;
    }

    /** Whether GET_FEATURES shows {@code VHOST_USER_F_PROTOCOL_FEATURES}. */
    public boolean offersProtocolFeatures() {
        return (offeredFeatures & ProtocolFeature.FEATURE) != 0;
    }

    /** Whether SET_FEATURES accepted {@code VHOST_USER_F_PROTOCOL_FEATURES}. */
    public boolean hasProtocolFeatures() {
        return (features & ProtocolFeature.FEATURE) != 0;
    }
}
