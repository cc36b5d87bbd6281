package dev.isthmus.server.options;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CapabilitiesTest {
    @Test
    void capabilitiesGoBeforeAllOtherOptions() {
        assertThat(Capabilities.areAsked(new String[] {"--nonsense", "--print-capabilities"})).isTrue();
        assertThat(Capabilities.areAsked(new String[] {"--socket-path=--print-capabilities"})).isFalse();
    }
}
