package dev.isthmus.blk.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BlkBackendTest {
    @Test
    void capabilitiesAreThoseOfQemusSchema() {
        assertThat(BlkBackend.CAPABILITIES).isEqualTo("{\"type\":\"block\",\"features\":[\"read-only\",\"blk-file\"]}");
    }
}
