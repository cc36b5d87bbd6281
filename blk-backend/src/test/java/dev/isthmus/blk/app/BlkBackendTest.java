package dev.isthmus.blk.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BlkBackendTest {
    @Test
    void capabilitiesAreThoseOfQemusSchema() {
        assertThat(BlkBackend.CAPABILITIES).isEqualTo("{\"type\":\"block\",\"features\":[\"read-only\",\"blk-file\"]}");
    }

    @Test
    void capabilitiesGoBeforeAllOtherOptions() {
        assertThat(BlkBackend.printsCapabilities(new String[] {"--nonsense", "--print-capabilities"})).isTrue();
        assertThat(BlkBackend.printsCapabilities(new String[] {"--socket-path=--print-capabilities"})).isFalse();
    }
}
