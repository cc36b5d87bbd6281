package dev.isthmus.net.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NetBackendTest {
    @Test
    void capabilitiesAreThoseOfQemusSchema() {
        assertThat(NetBackend.CAPABILITIES).isEqualTo("{\"type\":\"net\",\"features\":[]}");
    }
}
