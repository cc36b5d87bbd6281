package dev.isthmus.vring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.spec.Clause;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** All four states, and what each message makes of them. */
class RingStateTest {

    @Clause("vhost-user, Ring states")
    @Test
    void ringsBeginStoppedAndDisabled() {
        assertThat(RingState.INITIAL).isEqualTo(new RingState(false, false));
    }

    @Clause("vhost-user, Ring states")
    @ParameterizedTest(name = "started {0}, enabled {1}")
    @CsvSource({
        // before     kick         get base     enable       disable      features with and without protocol
        // features
        "false,false, true,false,  false,false, false,true,  false,false, false,false, false,true",
        "false,true,  true,true,   false,true,  false,true,  false,false, false,true,  false,true",
        "true,false,  true,false,  false,false, true,true,   true,false,  true,false,  true,true",
        "true,true,   true,true,   false,true,  true,true,   true,false,  true,true,   true,true"})
    void startedAndEnabledAreIndependent(boolean started, boolean enabled, boolean kickStarted, boolean kickEnabled,
            boolean baseStarted, boolean baseEnabled, boolean onStarted, boolean onEnabled, boolean offStarted,
            boolean offEnabled, boolean withStarted, boolean withEnabled, boolean withoutStarted,
            boolean withoutEnabled) {
        RingState before = new RingState(started, enabled);

        assertThat(before.onSetVringKick()).isEqualTo(new RingState(kickStarted, kickEnabled));
        assertThat(before.onGetVringBase()).isEqualTo(new RingState(baseStarted, baseEnabled));
        assertThat(before.onSetVringEnable(true)).isEqualTo(new RingState(onStarted, onEnabled));
        assertThat(before.onSetVringEnable(false)).isEqualTo(new RingState(offStarted, offEnabled));
        assertThat(before.onSetFeatures(true)).isEqualTo(new RingState(withStarted, withEnabled));
        assertThat(before.onSetFeatures(false)).isEqualTo(new RingState(withoutStarted, withoutEnabled));
    }
}
