package dev.isthmus.vhostuser;

/** What must have been negotiated before a request is legal. */
sealed interface Gate {
    /** Always legal. */
    record Open() implements Gate {}

    /**
     * VHOST_USER_F_PROTOCOL_FEATURES is in the answer to GET_FEATURES; the front-end need not have accepted it yet.
     */
    record ProtocolFeaturesOffered() implements Gate {}

    /**
     * VHOST_USER_F_PROTOCOL_FEATURES was in SET_FEATURES, or is offered and there was no SET_FEATURES yet: a
     * network front-end may enable its first queues on attaching, before it sends SET_FEATURES.
     */
    record ProtocolFeaturesNotDeclined() implements Gate {}

    /** A bit of SET_PROTOCOL_FEATURES. */
    record ProtocolFeatureNegotiated(ProtocolFeature feature) implements Gate {}

    default boolean isOpen(Negotiated negotiated) {
        return switch (this) {
            case Open() -> true;
            case ProtocolFeaturesOffered() -> negotiated.offersProtocolFeatures();
            case ProtocolFeaturesNotDeclined() ->
                    negotiated.featuresSet() ? negotiated.hasProtocolFeatures() : negotiated.offersProtocolFeatures();
            case ProtocolFeatureNegotiated(ProtocolFeature feature) -> negotiated.has(feature);
        };
    }

    /** What is missing, for a sentence that begins with the request's name. */
    default String missing() {
        return switch (this) {
            case Open() -> "nothing";
            case ProtocolFeaturesOffered() -> "VHOST_USER_F_PROTOCOL_FEATURES, which is not offered";
            case ProtocolFeaturesNotDeclined() -> "VHOST_USER_F_PROTOCOL_FEATURES, which is not negotiated";
            case ProtocolFeatureNegotiated(ProtocolFeature feature) ->
                    "VHOST_USER_PROTOCOL_F_" + feature + ", which SET_PROTOCOL_FEATURES did not accept";
        };
    }
}
